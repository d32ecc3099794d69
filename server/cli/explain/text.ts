/** Answers for people: what becomes of the traffic, and for each host that judges it, why. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import { parseAddress } from "@bulkhead/shared/net/address.ts";
import type { Judgement, Verdict } from "@bulkhead/shared/rules/judgement.ts";
import type { Outcome } from "@bulkhead/shared/rules/outcomes.ts";
import type { Answer } from "@bulkhead/shared/rules/query.ts";
import type { Question } from "@bulkhead/shared/rules/question.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { serviceWord } from "@bulkhead/shared/rules/words.ts";
import type { Paint, Style } from "@bulkhead/terminal/colour.ts";

/** More names than this on a line, and more answers than this below one another, are counted; `--json` has them all. */
const MOST_NAMES = 12;
const MOST_OUTCOMES = 40;

const STYLES: Readonly<Record<Verdict, Style>> = { allow: "good", "would-deny": "warning", deny: "bad" };
const WORDS: Readonly<Record<Verdict, string>> = {
  allow: "gets through",
  "would-deny": "gets through, but would be denied if it were enforced",
  deny: "is denied",
};

export interface Explained {
  readonly question: Question;
  readonly answer: Answer;
  readonly resolved: ResolvedPolicy;
}

export function answerText({ question, answer, resolved }: Explained, paint: Paint): string {
  const { outcomes, verdict } = answer;
  const asked = whole(question);
  const [only] = outcomes;
  if (only === undefined)
    return `${paint("strong", asked)}: ${paint("bad", memberless(question, resolved))}\n`;
  const context = { resolved, paint };
  if (outcomes.length === 1)
    return `${paint("strong", asked)}: ${paint(STYLES[verdict], WORDS[verdict])}\n${reasons(only, context)}`;
  const shown = outcomes.slice(0, MOST_OUTCOMES).map((outcome) => `\n${outcomeText(outcome, context)}`);
  const rest = outcomes.length - shown.length;
  const head = `${paint("strong", asked)}: ${paint(STYLES[verdict], mixedWords(verdict))}\n`;
  return `${head}${shown.join("")}${rest > 0 ? `\n… and ${rest} more answers; --json shows all\n` : ""}`;
}

/** Why there is no answer: an end that nobody is at. */
function memberless({ from, to }: Question, { policy, inventory }: ResolvedPolicy): string {
  const empty = [from, to].filter((end) => policy.segments.has(end) && inventory.members(end).length === 0);
  return `nothing gets through, as ${empty.length === 0 ? "an end" : empty.map(printable).join(" and ")} has no members`;
}

interface Context {
  readonly resolved: ResolvedPolicy;
  readonly paint: Paint;
}

function whole({ from, to, service, unit, user }: Question): string {
  const who = [...(unit ? [`unit ${unit}`] : []), ...(user ? [`user ${user}`] : [])].join(", ");
  const services = typeof service === "string" ? service : service.join(", ");
  return printable(`${from}${who && ` (${who})`} -> ${to} ${services}`);
}

/** What can be said of all, where not all get the same answer. */
function mixedWords(worst: Verdict): string {
  return worst === "deny" ? "not all of it gets through" : WORDS[worst];
}

function outcomeText(outcome: Outcome, context: Context): string {
  const { from, to, services, verdict } = outcome;
  const head = `${names(from)} -> ${names(to)} ${names(services)}`;
  return `${context.paint("strong", head)}: ${context.paint(STYLES[verdict], WORDS[verdict])}\n${reasons(outcome, context)}`;
}

function names(texts: readonly string[]): string {
  const shown = texts.slice(0, MOST_NAMES).map(printable).join(", ");
  return texts.length > MOST_NAMES ? `${shown} and ${texts.length - MOST_NAMES} more` : shown;
}

function reasons(outcome: Outcome, { resolved, paint }: Context): string {
  const { egress, ingress, from, to, flow } = outcome;
  if (egress === null && ingress === null) return `  ${unjudged(outcome, resolved)}\n`;
  const one = isOne(from, resolved) && isOne(to, resolved);
  const { source, destination, protocol, number } = flow;
  const example = `${called(source, resolved)} -> ${called(destination, resolved)} ${serviceWord(protocol, number)}`;
  return [
    ...(one ? [] : [`for example ${printable(example)}:`]),
    ...judged({ direction: "egress", judgement: egress, end: source }, paint),
    ...judged({ direction: "ingress", judgement: ingress, end: destination }, paint),
  ]
    .map((line) => `  ${line}\n`)
    .join("");
}

function called(end: string, { inventory }: ResolvedPolicy): string {
  return inventory.hostOf(end)?.name ?? end;
}

function isOne([label, ...others]: readonly string[], { hosts }: ResolvedPolicy): boolean {
  return (
    others.length === 0 && label !== undefined && (hosts.has(label) || parseAddress(label) !== undefined)
  );
}

interface Side {
  readonly direction: "egress" | "ingress";
  readonly judgement: Judgement | null;
  readonly end: string;
}

function judged({ direction, judgement, end }: Side, paint: Paint): string[] {
  if (judgement === null) return [`${direction}: not judged, as ${printable(end)} is no managed host`];
  const { host, mode, verdict, rule, why } = judgement;
  return [
    `${direction} on ${printable(host)} (${mode}): ${paint(STYLES[verdict], verdict)}`,
    `  ${printable(why)}`,
    ...(rule?.note === undefined ? [] : [paint("faint", `  note: ${printable(rule.note)}`)]),
  ];
}

function unjudged({ flow: { source, destination } }: Outcome, { inventory }: ResolvedPolicy): string {
  const host = inventory.hostOf(source) ?? inventory.hostOf(destination);
  if (host === undefined) return "not judged, as neither end is a managed host";
  return `never judged: loopback, or the traffic of ${printable(host.name)} to itself`;
}
