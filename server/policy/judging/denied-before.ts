/** Which of the connections that hosts have denied under a new version would have got through under the one before. */

import { serviceText } from "@bulkhead/shared/flow/flow-line.ts";
import { evaluate } from "@bulkhead/shared/rules/evaluate.ts";
import type { Flow } from "@bulkhead/shared/rules/flow.ts";
import type { Judgement } from "@bulkhead/shared/rules/judgement.ts";
import { processesIn } from "@bulkhead/shared/rules/processes.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { SeenFlows } from "../../store/flows/seen-flows.ts";
import { estatePolicy } from "./estate-policy.ts";
import { type JudgingTask, readAgain } from "./plan.ts";

/** As the host reported it that denied it. */
export interface ReportedDenial {
  readonly host: string;
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly service: number;
  /** Of the source where the source's host reported it, else of the destination. */
  readonly unit?: string;
  readonly user?: string;
  readonly direction: "egress" | "ingress";
}

export interface DenialsTask extends JudgingTask {
  readonly denials: readonly ReportedDenial[];
  /** Where flows are recorded, and since when the version before was active. */
  readonly flows: { readonly path: string; readonly since: number };
}

export interface NewDenial {
  readonly host: string;
  /** `10.0.0.11 (web-1) -> 10.0.0.21 (db-1) tcp/5432 was allowed by orders (policy.yaml:8), and is denied now: no rule matched`. */
  readonly words: string;
}

/**
 * A denial counts if the new version denies it and the one before let it through: by what that version says, or, where that depends on what is not in the record (a process, a DNS name),
 * by what was recorded while it was active. What the version before would have denied, were its hosts enforcing, is what somebody wants to be denied, and does not count.
 */
export function newDenials(task: DenialsTask): readonly NewDenial[] {
  const next = estatePolicy(readAgain(task.draft), task);
  const before = estatePolicy(readAgain(task.active ?? []), task);
  using seen = new SeenBefore(task.flows);
  return task.denials.flatMap((denial) => {
    const flow = flowOf(denial);
    const now = evaluate(next, flow);
    if (now.verdict !== "deny") return [];
    const then = evaluate(before, flow);
    const isUnsure = then.verdict === "deny" && dependsOnMore(before, denial);
    if (then.verdict !== "allow" && !(isUnsure && seen.isAllowed(denial))) return [];
    const allowed = [then.ingress, then.egress].find((one) => one?.verdict === "allow" && one.rule !== null);
    const denied = [now.egress, now.ingress].find((one) => one?.verdict === "deny");
    return [{ host: denial.host, words: wordsOf(denial, { before, allowed, denied }) }];
  });
}

function flowOf({ source, destination, protocol, service, unit, user, direction }: ReportedDenial): Flow {
  const ends = { source, destination, protocol, number: service };
  if (direction === "ingress") return { ...ends, ...(unit !== undefined && { listener: unit }) };
  return { ...ends, ...(unit !== undefined && { unit }), ...(user !== undefined && { user }) };
}

/** Whether the version before may have let it through for what the record does not have: the peer's DNS name, or the process. */
function dependsOnMore(before: ResolvedPolicy, { host, source, destination, unit }: ReportedDenial): boolean {
  const peers = [source, destination].filter((address) => before.inventory.hostOf(address) === undefined);
  const hasNames = [...before.policy.segments.values()].some(({ kind }) => kind === "names");
  if (peers.length > 0 && hasNames) return true;
  return (
    unit === undefined && before.hosts.has(host) && processesIn(before.hostPolicy(host).rules).length > 0
  );
}

function wordsOf(
  { source, destination, protocol, service }: ReportedDenial,
  {
    before,
    allowed,
    denied,
  }: {
    readonly before: ResolvedPolicy;
    readonly allowed: Judgement | null | undefined;
    readonly denied: Judgement | null | undefined;
  },
): string {
  const named = (address: string) => {
    const host = before.inventory.hostOf(address);
    return host === undefined ? address : `${address} (${host.name})`;
  };
  const by =
    allowed?.rule == null ? "" : ` by ${allowed.rule.name} (${allowed.rule.file}:${allowed.rule.line})`;
  const flow = `${named(source)} -> ${named(destination)} ${serviceText({ protocol, service })}`;
  return `${flow} was allowed${by}, and is denied now: ${denied?.why ?? "no host says why"}`;
}

/** So many are looked up in the record at a time: it is a disk that is asked. */
const MOST_LOOKUPS = 500;

/** TCP, UDP, SCTP. */
const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 132]);

class SeenBefore implements Disposable {
  readonly #where: DenialsTask["flows"];
  #seen: SeenFlows | undefined;
  #lookups = 0;

  constructor(where: DenialsTask["flows"]) {
    this.#where = where;
  }

  isAllowed({ source, destination, protocol, service }: ReportedDenial): boolean {
    // An ICMP message has a code, which no filter can say.
    if (!WITH_PORTS.has(protocol)) return false;
    this.#lookups += 1;
    if (this.#lookups > MOST_LOOKUPS) return false;
    const { path, since } = this.#where;
    this.#seen ??= new SeenFlows(path);
    const ends = { from: source, to: destination, service: serviceText({ protocol, service }) };
    return this.#seen.has({ ...ends, since, verdicts: ["allow"] });
  }

  [Symbol.dispose](): void {
    this.#seen?.[Symbol.dispose]();
  }
}
