/** A suggestion for an estate as YAML for people to read, change and keep. */

import { printable } from "../errors/printable.ts";
import type {
  Amount,
  EstateRule,
  EstateSuggestion,
  OddFinding,
  SegmentCoverage,
} from "./estate-suggestion.ts";
import { count } from "./finding-words.ts";
import { labelledSegmentLine, peerSegmentLine } from "./policy-line.ts";

type Parts = Omit<EstateSuggestion, "text">;
export type Suggested = Pick<Parts, "suggestedSegments" | "suggestedPeers" | "rules">;

const MOST_ODD = 40;
const MOST_HOSTS = 8;

/** `isFirst`: no policy is active. */
export function estateSuggestionText(parts: Parts, isFirst: boolean): string {
  const lines = [
    ...heading(parts, isFirst),
    ...section("segments", segmentLines(parts)),
    ...section("rules", ruleLines(parts)),
    ...oddLines(parts.odd),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** The policy alone, without what is said about it. */
export function suggestedPolicy(parts: Suggested): string {
  const rules = parts.rules.map(({ text }) => text);
  return [...section("segments", segmentLines(parts)), ...section("rules", rules)].join("\n");
}

function segmentLines({ suggestedSegments, suggestedPeers, rules }: Suggested): readonly string[] {
  if (rules.length === 0) return [];
  return [
    ...suggestedSegments.map(
      ({ name, selector, hosts }) => `${labelledSegmentLine(name, selector)}   # ${some(hosts)}`,
    ),
    ...suggestedPeers.map(({ name, addresses }) => peerSegmentLine(name, addresses)),
  ];
}

/** Without a table a kernel tracks no connections. */
const NOTHING_RECORDED = [
  "# Nothing was recorded: hosts that have no policy yet record nothing.",
  "# A policy that says `mode: observe` and nothing else stops nothing; push it, provision it, and ask again in a minute.",
  "",
];

function heading(
  { seen, covered, rules, odd, unknown, suggestedSegments }: Parts,
  isFirst: boolean,
): readonly string[] {
  if (isFirst && seen.flows + unknown.flows === 0) return NOTHING_RECORDED;
  const first = `# What was seen and ${isFirst ? "no policy speaks of yet" : "no rule of the active policy allows"}: ${amountText(seen)}.`;
  const beyond =
    unknown.flows === 0
      ? []
      : [
          `# Of ${count(unknown.flows, "flow")} more nothing can be said: their peers were too many to be told apart.`,
        ];
  if (rules.length === 0) return [first, ...beyond, "# There is nothing to suggest.", ""];
  return [
    first,
    `# These rules cover ${share(covered.flows, seen.flows)} of the flows and ${share(covered.connections, seen.connections)} of the connections${odd.length === 0 ? "" : "; what they leave out stands at the end, each with the reason"}.`,
    ...beyond,
    ...(suggestedSegments.length === 0
      ? []
      : [
          "# The segments are by label, and only observe: nothing is stopped until one of them is set to enforce.",
        ]),
    "# Read them before you keep them: what was seen is not always what should be. Then give them better names.",
    "",
  ];
}

function section(name: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${name}:`, ...lines, ""];
}

/** By the segment that they lead to; those that lead to several, or out of all segments, come last. */
function ruleLines({ rules, segments }: Parts): readonly string[] {
  const coverage = new Map(segments.map((one) => [one.segment, one]));
  const titleOf = ({ to }: EstateRule) => {
    const [only] = to;
    return to.length === 1 && only !== undefined && coverage.has(only) ? only : "";
  };
  const groups = [...Map.groupBy(rules, titleOf)].sort(([a], [b]) =>
    a === "" || b === "" ? (a === "" ? 1 : -1) : a < b ? -1 : 1,
  );
  return groups.flatMap(([title, some]) => [
    ...titleLines(coverage.get(title), groups.length > 1),
    ...some.map(({ text }) => text),
  ]);
}

function titleLines(coverage: SegmentCoverage | undefined, isOneOfSeveral: boolean): readonly string[] {
  if (coverage === undefined) return isOneOfSeveral ? ["  # to several, and to others"] : [];
  const { segment, hosts, seen, covered } = coverage;
  return [
    `  # to ${printable(segment)} (${count(hosts, "host")}): ${covered.flows} of the ${seen.flows} flows that it has a part in`,
  ];
}

function oddLines(odd: readonly OddFinding[]): readonly string[] {
  if (odd.length === 0) return [];
  const lines = odd
    .slice(0, MOST_ODD)
    .flatMap(({ words, coveredBy, rule, seen }) => [
      `#   ${printable(words)} (${count(seen.connections, "connection")})`,
      ...(coveredBy === null
        ? []
        : [`#     and the rule ${printable(coveredBy)} lets it through, as it is wider`]),
      ...(rule === null || coveredBy !== null ? [] : [`#     if that is right: ${rule.trim()}`]),
    ]);
  const more = odd.length - MOST_ODD;
  return ["# Left out, and worth a question:", ...lines, ...(more > 0 ? [`#   and ${more} more`] : [])];
}

function amountText({ flows, connections }: Amount): string {
  return `${count(flows, "flow")} of ${count(connections, "connection")}`;
}

/** Never 100 % where something is missing. */
export function share(part: number, whole: number): string {
  if (part === whole) return "all";
  const percent = (100 * part) / whole;
  return `${(percent > 99.9 ? Math.floor(percent * 100) / 100 : percent).toFixed(percent > 99.9 ? 2 : 1)} %`;
}

function some(hosts: readonly string[]): string {
  const shown = hosts.slice(0, MOST_HOSTS).map(printable).join(", ");
  return hosts.length > MOST_HOSTS ? `${shown} and ${hosts.length - MOST_HOSTS} more` : shown;
}
