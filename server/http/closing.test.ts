/** What becomes of those who are connected when the server closes. */

import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { z } from "zod";
import { route } from "./route.ts";
import { runServer } from "./testing/running-server.ts";

function slowly() {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const slow = route({
    method: "GET",
    path: "/api/v1/slow",
    role: "viewer",
    summary: "Answers when it is told to",
    answer: z.strictObject({ done: z.literal(true) }),
    handler: async () => {
      asked.resolve();
      await answer.promise;
      return { done: true as const };
    },
  });
  return { slow, asked: asked.promise, answer: answer.resolve };
}

test.each(["overTls", "overSocket"] as const)(
  "%s: what is being answered is answered to its end",
  async (door) => {
    const { slow, asked, answer } = slowly();
    const at = await runServer({ routes: [slow] });
    const told = at[door]({ path: "/api/v1/slow", token: at.token("viewer") });
    await asked;
    const closed = at[Symbol.asyncDispose]();
    answer();
    expect(await told).toMatchObject({ status: 200, text: '{"done":true}' });
    await closed;
  },
);

test("who asks nothing is cut at once, at its handshake too", async () => {
  const { slow, asked, answer } = slowly();
  const at = await runServer({ routes: [slow] });
  const told = at.overTls({ path: "/api/v1/slow", token: at.token("viewer") });
  await asked;
  const silent = connect(at.server.port, "127.0.0.1").on("error", () => {});
  await once(silent, "connect");
  const cut = once(silent, "close");
  const closed = at[Symbol.asyncDispose]();
  // The answer that is still due does not hold up the end of this one.
  await cut;
  answer();
  expect((await told).status).toBe(200);
  await closed;
});

test("who listens to events is told that the server stops", async () => {
  const at = await runServer();
  const told = at.overTls({ path: "/api/v1/events", token: at.token("viewer") });
  while (at.events.listeners === 0) await new Promise(setImmediate);
  await at[Symbol.asyncDispose]();
  expect((await told).text).toMatch(/event: ended\n[\s\S]*the server stops/);
});
