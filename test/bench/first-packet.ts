/** What the first packet of a connection costs: connections per second through few rules, many rules, a linear ruleset, and none. */

import { hostPolicyOfSize } from "./estates.ts";
import { type Benchmark, interleave, type Measurement, undisturbed } from "./measure.ts";
import { CALLER_ADDRESS, Road } from "./road.ts";
import { bulkheadRuleset, CONNTRACK_ALONE, linearRuleset } from "./rulesets.ts";

const ROUNDS = 40;
const CONNECTIONS = 8_000;
const ANSWERS = 4_000;
const FLOWS = 50_000;
const MEMBERS = 100_000;
const ENDS = { peer: CALLER_ADDRESS, host: "10.254.0.1" };

const few = hostPolicyOfSize({ rules: 10, members: MEMBERS, groups: 10, ports: 5 }, ENDS);
const many = hostPolicyOfSize({ rules: 1_000, members: MEMBERS, groups: 100, ports: 250 }, ENDS);

type Variant = "conntrack" | "few" | "many" | "linear";
const VARIANTS = ["conntrack", "few", "many", "linear"] as const;

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  tell("loading the rulesets");
  await using road = await Road.build<Variant>({
    conntrack: CONNTRACK_ALONE,
    few: bulkheadRuleset(few),
    many: bulkheadRuleset(many),
    linear: linearRuleset(many),
  });
  const rounds = async (what: string, measure: (to: Variant) => Promise<number>) => {
    for (const variant of VARIANTS) await measure(variant);
    const variants = Object.fromEntries(VARIANTS.map((variant) => [variant, () => measure(variant)]));
    const values = await interleave(variants, ROUNDS, (progress) => tell(`${what}, ${progress}`));
    return values as Record<Variant, number[]>;
  };
  return [
    ...lines("new TCP connections", await rounds("TCP", (to) => road.connections(to, CONNECTIONS))),
    ...lines("TCP connections with an answer", await rounds("answers", (to) => road.answers(to, ANSWERS))),
    ...lines("new UDP flows", await rounds("UDP", (to) => road.flows(to, FLOWS))),
  ];
}

function lines(what: string, values: Record<Variant, number[]>): Measurement[] {
  const compare = (
    name: string,
    variant: Variant,
    peer: Variant,
    peerName: string,
    goal?: { text: string; least: number },
  ) => {
    const value = undisturbed(values[variant]);
    const peerValue = undisturbed(values[peer]);
    const ratio = value / peerValue;
    const held = goal === undefined ? {} : { goal: goal.text, met: ratio >= goal.least };
    return {
      name,
      value,
      unit: "/s",
      peer: peerName,
      peerValue,
      ratio,
      ...held,
    };
  };
  return [
    compare(`${what}, 1,000 rules, 100,000 members`, "many", "conntrack", "conntrack alone", {
      text: ">= 98 %",
      least: 0.98,
    }),
    compare(`${what}, growth from 10 to 1,000 rules`, "many", "few", "10 rules", {
      text: "growth <= 5 %",
      least: 1 / 1.05,
    }),
    compare(`${what}, 1,000 rules against a linear ruleset`, "many", "linear", "1,000 rules in a row"),
  ];
}

export const firstPacket: Benchmark = {
  name: "first-packet",
  about: "new connections per second: what judging the first packet costs",
  by: "root",
  run,
};
