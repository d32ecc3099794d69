/** A packet's way, for people. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Judgement } from "@bulkhead/shared/rules/judgement.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { PacketPath, Step } from "../../trace/packet-path.ts";

export function packetText(path: PacketPath, said: Judgement | undefined, paint: Paint): string {
  const { source, destination, transport, hook, steps, verdict } = path;
  const way = hook === "in" ? "comes in" : "goes out";
  const end = paint(verdict === "dropped" ? "bad" : "good", verdict);
  return `${[
    `${source} -> ${destination} ${transport}  ${way}: ${end}`,
    ...steps.map((step) => `  ${stepText(step)}`),
    ...policyLines(path, said, paint),
  ].join("\n")}\n\n`;
}

function stepText({ table, chain, rule, verdict }: Step): string {
  const place = `${table} ${chain}`.padEnd(36);
  return `${place}  ${printable(rule)}${verdict === "" || rule.endsWith(verdict) ? "" : `  -> ${verdict}`}`;
}

function policyLines({ verdict }: PacketPath, said: Judgement | undefined, paint: Paint): readonly string[] {
  if (said === undefined) return [];
  const line = `  the policy says: ${said.verdict}: ${printable(said.why)}`;
  const differs = (said.verdict === "deny") !== (verdict === "dropped");
  if (!differs) return [line];
  const why =
    verdict === "dropped"
      ? "another table dropped it (see above)"
      : "it is part of a connection that was accepted, or is answered by a refusal";
  return [line, `  ${paint("warning", "the kernel did otherwise")}: ${why}`];
}
