/** What a change of policy means, in lines that are understood at a glance: `+` comes, `-` goes, `~` changes. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Direction, Modes } from "@bulkhead/shared/policy/policy.ts";
import type { Paint, Style } from "@bulkhead/terminal/colour.ts";
import type { Effects } from "../../apply/effects.ts";
import type { RuleLine } from "../../apply/policy-changes.ts";
import type { ReachLine } from "../../apply/reach-words.ts";

/** As many names as are shown of one kind before the rest is counted. */
const SHOWN = 8;

/** Indented lines, each with its newline; none where nothing changes. */
export function effectsText(effects: Effects, paint: Paint): string {
  const { modes, rules, members, reach } = effects;
  const sections = [
    section("mode", modes === undefined ? [] : modeLines(modes.from, modes.to)),
    section("rules", [
      ...rules.added.map((rule) => mark("+", "good", ruleText(rule), paint)),
      ...rules.removed.map((rule) => mark("-", "bad", ruleText(rule), paint)),
      ...rules.changed.map((rule) => mark("~", "warning", ruleText(rule), paint)),
      ...(rules.moved === 0
        ? []
        : [`= ${rules.moved === 1 ? "1 rule has" : `${rules.moved} rules have`} only moved in the text`]),
    ]),
    section(
      "members",
      members.map(({ group, added, removed }) =>
        printable(`${group}: ${signed("+", added)}${signed("-", removed)}`.trimEnd()),
      ),
    ),
    section("gained", reach.gained.map(reachText)),
    section("lost", reach.lost.map(reachText)),
  ];
  return sections.join("");
}

const WIDTH = 9;

/** A heading before the first line, and nothing before the others. */
export function section(heading: string, lines: readonly string[]): string {
  return lines.map((line, at) => `  ${(at === 0 ? heading : "").padEnd(WIDTH)}${line}\n`).join("");
}

function modeLines(from: Modes, to: Modes): string[] {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    from[direction] === to[direction] ? [] : [`${direction} ${from[direction]} -> ${to[direction]}`],
  );
}

function mark(sign: string, style: Style, text: string, paint: Paint): string {
  return `${paint(style, sign)} ${text}`;
}

function ruleText({ direction, action, rule, services, peers, unit, user, expires }: RuleLine): string {
  const place = `${rule.file}:${rule.line}`;
  const name = rule.name === place ? "" : `${rule.name}: `;
  const who = process(unit, user);
  const end = expires === undefined ? "" : ` until ${expires}`;
  const peer = `${preposition(direction)} ${list(peers)}`;
  return printable(`${name}${action} ${list(services)} ${peer}${who}${end} (${place})`);
}

function reachText({ direction, peers, but, services, unit, user, within }: ReachLine): string {
  const whom = but ? `any but ${list(peers)}` : list(peers);
  const own = within === undefined ? "" : ` at ${within}`;
  return printable(`${direction} ${preposition(direction)} ${whom}: ${services}${process(unit, user)}${own}`);
}

function preposition(direction: Direction): string {
  return direction === "ingress" ? "from" : "to";
}

function process(unit: string | undefined, user: string | undefined): string {
  const parts = [
    ...(unit === undefined ? [] : [`unit ${unit}`]),
    ...(user === undefined ? [] : [`user ${user}`]),
  ];
  return parts.length === 0 ? "" : ` (only ${parts.join(", ")})`;
}

function signed(sign: string, members: readonly string[]): string {
  return members.length === 0 ? "" : `${list(members.map((member) => `${sign}${member}`))} `;
}

export function list(words: readonly string[]): string {
  const more = words.length > SHOWN ? `, and ${words.length - SHOWN} more` : "";
  return `${words.slice(0, SHOWN).join(", ")}${more}`;
}
