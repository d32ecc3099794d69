/** Which open sessions a change of policy cuts, and which live on: two conversations on the same hosts, of which the change stops one. */

import type { Rule } from "@bulkhead/shared/policy/policy.ts";
import { PATIENCE, type Session } from "../estate/conversation.ts";
import { type Attempt, passed, type Result, senderName } from "./attempts.ts";
import { type Change, withoutRule } from "./change.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import type { Stage } from "./stage.ts";

/** Milliseconds between two messages of a session. */
const EVERY = 20;
const ANSWERS_BEFORE = 10;
const ANSWERS_AFTER = 10;
/** Milliseconds in which a session that lives has its answers many times over, on a busy machine too. */
const SILENCE = 1_500;
const MOST_SURVIVORS = 3;

export interface Plan {
  readonly rule: Rule;
  readonly change: Change;
  readonly next: Scenario;
  readonly cut: Attempt;
  readonly survivors: readonly Attempt[];
}

/**
 * Chooses a rule whose end is easily shown: it alone allows a session between two hosts, few other flows depend on it, and other sessions of the same
 * hosts stay allowed. `wanted` names it instead. Undefined where the policy has none such.
 */
export function planRevocation(
  stage: Stage,
  results: readonly Result[],
  wanted: string | undefined,
): Plan | undefined {
  const { scenario } = stage;
  const open = results.filter(isSession);
  const plans = scenario.policy.rules
    .filter((rule) => rule.action === "allow" && (wanted === undefined || rule.name === wanted))
    .flatMap((rule) => planFor(stage, open, rule) ?? []);
  const dependents = ({ rule }: Plan) =>
    open.filter(({ promised }) => promised.rules.includes(rule.name)).length;
  return plans
    .toSorted((a, b) => b.survivors.length - a.survivors.length || dependents(a) - dependents(b))
    .at(0);
}

/** A TCP or UDP conversation between two hosts, over IPv4 where there is one, that is promised and was measured. */
function isSession(result: Result): boolean {
  const { from, to, probe } = result.attempt;
  return (
    passed(result) &&
    result.promised.passes &&
    from.resident.kind === "host" &&
    to.kind === "host" &&
    probe.protocol !== "icmp"
  );
}

function planFor(stage: Stage, open: readonly Result[], rule: Rule): Plan | undefined {
  const change = withoutRule(stage.scenario.files, rule);
  if (change === undefined) return undefined;
  const next = scenarioOf(change.files);
  const lives = ({ attempt }: Result) => stage.promise(next, attempt).passes;
  const cut = open.find((result) => result.promised.rules.includes(rule.name) && !lives(result))?.attempt;
  if (cut === undefined) return undefined;
  const related = open.filter((result) => isRelated(result.attempt, cut) && lives(result));
  const survivors = [...Map.groupBy(related, ({ promised }) => promised.rules.join()).values()].flatMap(
    ([first]) => first?.attempt ?? [],
  );
  return survivors.length === 0
    ? undefined
    : { rule, change, next, cut, survivors: survivors.slice(0, MOST_SURVIVORS) };
}

/** Of the same host: in the kernel that cuts the one, the other must live. */
function isRelated(attempt: Attempt, cut: Attempt): boolean {
  return (
    attempt.to === cut.to || attempt.from.resident === cut.from.resident || attempt.to === cut.from.resident
  );
}

export function conversationName({ from, to, probe }: Attempt): string {
  return `${senderName(from)} → ${to.name} ${probe.service}`;
}

/** What became of a conversation when the policy had changed. */
export interface Fate {
  readonly attempt: Attempt;
  readonly alive: boolean;
  /** Messages sent, and answers that came, from its beginning to its end. */
  readonly sent: number;
  readonly answered: number;
  /** Answers that came after the change. */
  readonly since: number;
  /** What the sender was told, such as `ECONNRESET`; null where it was told nothing. */
  readonly ended: string | null;
}

/** Conversations that go on while the policy changes. */
export class Conversations {
  readonly #open: readonly { readonly attempt: Attempt; readonly session: Session }[];

  private constructor(open: readonly { readonly attempt: Attempt; readonly session: Session }[]) {
    this.#open = open;
  }

  static async begin(stage: Stage, attempts: readonly Attempt[]): Promise<Conversations> {
    const open = await Promise.all(
      attempts.map(async (attempt) => {
        const { from, probe, source, destination, family } = attempt;
        const speaker = await stage.speaker(from);
        return {
          attempt,
          session: await speaker.session(destination, probe.service, { source, family, every: EVERY }),
        };
      }),
    );
    await Promise.all(open.map(({ session }) => session.receivesMore(ANSWERS_BEFORE)));
    return new Conversations(open);
  }

  /** Lets `change` happen, looks who still gets answers, and ends them. */
  async over(change: () => Promise<void>): Promise<Fate[]> {
    await change();
    const fates = await Promise.all(
      this.#open.map(async ({ attempt, session }) => {
        const { received: before } = await session.traffic();
        const alive = await session.receivesMore(ANSWERS_AFTER, SILENCE);
        await session.pause();
        const { sent, received } = await session.traffic();
        // What is still under way when the sender pauses.
        if (alive && sent > received) await session.receivesMore(sent - received, PATIENCE);
        const { received: answered, ended } = await session.traffic();
        return { attempt, alive, sent, answered, since: answered - before, ended };
      }),
    );
    await Promise.all(this.#open.map(({ session }) => session.close()));
    return fates;
  }
}
