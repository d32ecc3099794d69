import { expect, test } from "vitest";
import { waitFor } from "./wait.ts";
import { createWake, wake } from "./wake.ts";

test("who waits is woken by the descriptor's number alone, until they have taken note", () => {
  using waking = createWake();
  expect(waitFor([waking.descriptor], 0)).toBe(false);
  wake(waking.descriptor);
  waking.wake();
  expect([waitFor([waking.descriptor], 10_000), waitFor([waking.descriptor], 10_000)]).toEqual([true, true]);
  waking.drain();
  expect(waitFor([waking.descriptor], 0)).toBe(false);
  waking.drain();
  wake(waking.descriptor);
  expect(waitFor([waking.descriptor], 0)).toBe(true);
});
