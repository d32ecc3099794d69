import type { Agent } from "./agent.ts";
import { install } from "./install.ts";
import type { Installed, Wish } from "./order.ts";
import { recover } from "./recover.ts";

/** Brings a policy into force on this host, or on probation. A policy that is in force already touches nothing. */
export async function apply(wish: Wish, agent: Agent): Promise<Installed> {
  const situation = await recover(agent);
  const installed = await install(wish, situation, agent);
  return { ...installed, notes: [...situation.notes, ...installed.notes] };
}
