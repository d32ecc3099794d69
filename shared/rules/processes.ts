import type { HostRule } from "./host-policy.ts";
import { type Process, UNNAMED } from "./spectrum.ts";

/** The sending processes that these rules tell apart: the unnamed one first, then every unit and account that is named, alone and together. */
export function processesIn(rules: readonly HostRule[]): readonly Process[] {
  const sending = rules.filter(({ direction }) => direction === "egress");
  const units = distinct(sending.flatMap(({ local }) => local.unit ?? []));
  const users = distinct(sending.flatMap(({ local }) => local.user ?? []));
  if (units.length + users.length === 0) return [UNNAMED];
  return [undefined, ...units].flatMap((unit) => [undefined, ...users].map((user) => ({ unit, user })));
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
