/** What of the active policy nothing has used: the work of the thread that judges. */

import { findUnused } from "@bulkhead/shared/advice/find-unused.ts";
import type { Unused, Watcher } from "@bulkhead/shared/advice/unused.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import type { Endpoint, Policy, Rule } from "@bulkhead/shared/policy/policy.ts";
import type { PolicyFile } from "../../store/estate/policy-store.ts";
import type { StoredLoss, StoredLossKind } from "../../store/flows/loss-table.ts";
import { RecordedFlows, type RecordedTime } from "../../store/flows/recorded-flows.ts";
import { activeOf, type JudgingTask, type Progress } from "./plan.ts";

export interface UnusedTask extends Omit<JudgingTask, "draft"> {
  readonly flows: RecordedTime & { readonly path: string };
  /** The hosts that report, each with the moment from which on it could, and whether it is silent now and since when. */
  readonly reporting: readonly {
    readonly host: string;
    readonly since: number;
    readonly silentSince: number | undefined;
  }[];
  /** What was active before, the latest first: each until the one before it began. As far back as is looked at. */
  readonly earlier: readonly { readonly since: number; readonly files: readonly PolicyFile[] }[];
  /** Since when the active version is. */
  readonly activeSince: number;
}

export interface FoundUnused {
  readonly unused: Unused;
  readonly flows: RecordedTime & { readonly records: number };
}

/** Losses that may hide a connection that was allowed; how often something was denied is another matter. */
const HIDING: ReadonlySet<StoredLossKind> = new Set([
  ...(["connection-events", "bucket-full", "conntrack-full", "spool-full", "spool-broken"] as const),
  ...(["over-quota", "refused", "store-full"] as const),
]);

/** Undefined without an active policy. Throws `server/store-unusable`. */
export function unusedOf(task: UnusedTask, progress: (progress: Progress) => void): FoundUnused | undefined {
  const resolved = activeOf(task);
  if (resolved === undefined) return undefined;
  const { flows } = task;
  using recorded = new RecordedFlows(flows.path);
  let records = 0;
  const all = recorded.all(flows, (reading) => {
    records = reading.records;
    progress({ step: "records", ...reading });
  });
  const unused = findUnused(all, {
    resolved,
    watchers: watchersOf(task, recorded.losses(flows.since)),
    ruleSince: ruleSince(task),
    ...{ since: flows.since, until: flows.until },
    progress: (judged) => progress({ step: "judging", judged }),
  });
  return { unused, flows: { since: flows.since, until: flows.until, records } };
}

function watchersOf({ reporting }: UnusedTask, losses: readonly StoredLoss[]): readonly Watcher[] {
  const lost = Map.groupBy(
    losses.filter(({ what }) => HIDING.has(what)),
    ({ host }) => host,
  );
  return reporting.map(({ host, since, silentSince }) => {
    const [first] = lost.get(host)?.filter(({ end }) => end >= since) ?? [];
    const gap =
      silentSince !== undefined
        ? `${host} has not reported since ${day(silentSince)}`
        : first && `records of ${host} were lost (${first.what}, ${day(first.start)})`;
    return { host, since, gap };
  });
}

function day(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** From the moment on from which every active version had the rule: by its name, or by what it says where it has none of its own. */
function ruleSince({ activeSince, earlier }: UnusedTask): (rule: Rule) => number {
  const versions = earlier.map(({ since, files }) => ({ since, has: keysOf(parsePolicy(files).policy) }));
  return (rule) => {
    let moment = activeSince;
    for (const { since, has } of versions) {
      if (!has.has(rule.name) && !has.has(contentOf(rule))) return moment;
      moment = since;
    }
    return moment;
  };
}

function keysOf(policy: Policy | undefined): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const rule of policy?.rules ?? []) {
    if (rule.name !== `${rule.place.file}:${rule.place.line}`) keys.add(rule.name);
    keys.add(contentOf(rule));
  }
  return keys;
}

function contentOf({ action, serviceText, from, to, same }: Rule): string {
  return JSON.stringify([action, serviceText, from.map(endOf), to.map(endOf), same]);
}

function endOf(endpoint: Endpoint): readonly (string | undefined)[] {
  return endpoint.kind === "addresses" ? [endpoint.text] : [endpoint.segment, endpoint.unit, endpoint.user];
}
