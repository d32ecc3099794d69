/** Many conversations at once, of every kind that a change of policy has to stop or to spare. */

import type { Listener, Session } from "../estate/conversation.ts";
import type { Host } from "../estate/host.ts";
import type { ServiceName } from "../estate/service.ts";
import type { Answer, Talk } from "../estate/worker/requests.ts";

/** Who speaks: both in turn, only the server, or only the client. */
export const KINDS = [
  { name: "both speak", answer: "echo", talk: "ask" },
  { name: "only the server pushes", answer: "push", talk: "hear" },
  { name: "only the client sends", answer: "sink", talk: "tell" },
] as const satisfies readonly { name: string; answer: Answer; talk: Talk }[];

/** One open conversation, and how much of it arrives. */
export interface Conversation {
  readonly name: string;
  readonly session: Session;
  readonly listener: Listener;
  /** Messages that arrived at either end so far. */
  arrived(): Promise<number>;
  /** Messages lost although later ones arrived, more than `changes` of them, and why it ended if it did; empty where all is well. */
  troubles(changes: number): Promise<string[]>;
  /** Resolves to true when `by` more messages have arrived where they should. */
  goesOn(by: number): Promise<boolean>;
}

/** They end with the block that holds them, however it is left. */
export type Conversations = readonly Conversation[] & AsyncDisposable;

/** Opens one conversation of each kind, protocol and family, on ports from `firstPort` on: six for each family. */
export async function openAll(client: Host, server: Host, firstPort: number): Promise<Conversations> {
  const opened: Conversation[] = [];
  let isOver = false;
  const conversations = Object.assign(opened, {
    [Symbol.asyncDispose]: async () => {
      if (isOver) return;
      isOver = true;
      await endAll(opened);
    },
  });
  try {
    for (const [at, { kind, protocol }] of combinations().entries()) {
      const service: ServiceName = `${protocol}/${firstPort + at}`;
      const listener = await server.listen(service, { answer: kind.answer });
      for (const family of [4, 6] as const) {
        const session = await client.session(server.name, service, { talk: kind.talk, family });
        const name = `${protocol} over IPv${family}, ${kind.name}`;
        opened.push(
          conversation(name, {
            session,
            listener,
            talk: kind.talk,
            caller: callerName(client, family, session),
          }),
        );
      }
    }
    for (const one of opened) if (!(await one.goesOn(5))) throw new Error(`${one.name}: never began`);
  } catch (error) {
    await endAll(opened);
    throw error;
  }
  return conversations;
}

/** The ports that `openAll` uses, as services of a policy. */
export function portsFrom(firstPort: number): string[] {
  const last = firstPort + combinations().length - 1;
  return [`tcp/${firstPort}-${last}`, `udp/${firstPort}-${last}`];
}

/** Messages that arrive while every one of `witnesses` goes on for `by` messages: what has stopped says nothing in that time. */
export async function arrivedMeanwhile(
  watched: readonly Conversation[],
  { witnesses, by = 60 }: { readonly witnesses: readonly Conversation[]; readonly by?: number },
): Promise<Record<string, number>> {
  const before = await Promise.all(watched.map((one) => one.arrived()));
  const alive = await Promise.all(witnesses.map((one) => one.goesOn(by)));
  const silent = witnesses.filter((_, at) => !alive[at]).map(({ name }) => name);
  if (silent.length > 0) throw new Error(`these should have gone on: ${silent.join("; ")}`);
  const after = await Promise.all(watched.map((one) => one.arrived()));
  return Object.fromEntries(watched.map(({ name }, at) => [name, (after[at] ?? 0) - (before[at] ?? 0)]));
}

function combinations() {
  return KINDS.flatMap((kind) => (["tcp", "udp"] as const).map((protocol) => ({ kind, protocol })));
}

function callerName(client: Host, family: 4 | 6, session: Session): string {
  const address = client.addresses.find((one) => one.includes(":") === (family === 6));
  return `${address}:${session.localPort}`;
}

function conversation(
  name: string,
  parts: { session: Session; listener: Listener; talk: Talk; caller: string },
): Conversation {
  const { session, listener, talk, caller } = parts;
  const ends = async () => [await session.traffic(), (await listener.heard())[caller]];
  return {
    name,
    session,
    listener,
    goesOn: (by) => (talk === "tell" ? listener.hearsMoreFrom(caller, by) : session.receivesMore(by)),
    arrived: async () => (await ends()).reduce((sum, end) => sum + (end?.received ?? 0), 0),
    troubles: async (changes) =>
      (await ends()).flatMap((end) => [
        ...((end?.lost ?? 0) > changes ? [`${name}: lost ${end?.lost}`] : []),
        ...(end?.ended ? [`${name}: ended with ${end.ended}`] : []),
      ]),
  };
}

/**
 * What went wrong with any of them. @param changes how often the ruleset was exchanged meanwhile: the kernel looks for members in the newest sets also where it still
 * judges by the rules before them, so the one packet that it is judging at that moment may be refused (DESIGN.md, "The table in the kernel")
 */
export async function troublesOf(conversations: readonly Conversation[], changes = 0): Promise<string[]> {
  return (await Promise.all(conversations.map((one) => one.troubles(changes)))).flat();
}

async function endAll(conversations: readonly Conversation[]): Promise<void> {
  for (const { session } of conversations) await session.close();
  for (const listener of new Set(conversations.map((one) => one.listener))) await listener.close();
}
