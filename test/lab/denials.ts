/** What a host's kernel has denied under the policy that it holds, from `bulkhead-agent status --json`. */

import type { Host } from "../estate/host.ts";
import { AGENT } from "../estate/place.ts";

export interface Denial {
  readonly packets: number;
  /** The rule, as the agent names it. */
  readonly words: string;
}

/** The part of the status that is read here. */
interface Status {
  readonly rules: readonly {
    readonly direction: string;
    readonly action: string;
    readonly packets: number;
    readonly rule: { readonly name: string; readonly file: string; readonly line: number };
  }[];
  readonly default: Readonly<Record<string, { readonly packets: number }>>;
}

/** The denying rules that were hit, the default too. */
export async function denials(host: Host): Promise<readonly Denial[]> {
  const status: Status = JSON.parse(await host.run([AGENT, "status", "--json"]));
  const rules = status.rules
    .filter(({ action }) => action === "deny")
    .map(({ direction, packets, rule }) => ({
      packets,
      words: `${direction}: denied by ${rule.name} (${rule.file}:${rule.line})`,
    }));
  const defaults = Object.entries(status.default).map(([direction, { packets }]) => ({
    packets,
    words: `${direction}: no rule allows it`,
  }));
  return [...rules, ...defaults].filter(({ packets }) => packets > 0);
}
