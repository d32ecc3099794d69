import type { Agent } from "./agent.ts";
import type { Generation } from "./generation.ts";
import { install } from "./install.ts";
import type { Installed } from "./order.ts";
import { recover, wishFor } from "./recover.ts";

/** Gives the policy that is on probation other seconds, from now on. Its rules are in the kernel already: they keep their stamp, and its flows do not notice. */
export async function prolong(generation: Generation, seconds: number, agent: Agent): Promise<Installed> {
  const { stamp } = generation;
  const wish = wishFor(generation, { stamp, wholeTable: true, confirmWithinSeconds: seconds });
  return install(wish, await recover(agent), agent);
}
