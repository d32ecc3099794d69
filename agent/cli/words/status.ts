/** What is in force, for people. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { Count, Hit } from "../../apply/looks.ts";
import type { RuleStatus, Status } from "../../apply/status.ts";
import type { ToldError } from "../../control/daemon-status.ts";
import { formatDuration } from "../duration.ts";
import { noteFacts } from "../report.ts";
import { list, section } from "./effects.ts";
import { momentText, shortDigest, stampText } from "./generation.ts";

/** With the notes as they come over the daemon's socket, which has no errors to throw. */
export type ToldStatus = Omit<Status, "notes"> & { readonly notes: readonly ToldError[] };

export function statusText(status: Omit<Status, "notes">, paint: Paint): string {
  const { policy, previous } = status;
  return [
    headline(status, paint),
    section(
      "modes",
      policy === undefined ? [] : [`ingress ${policy.modes.ingress}, egress ${policy.modes.egress}`],
    ),
    section("stamp", policy === undefined ? [] : [stampText(policy.stamp)]),
    section(
      "previous",
      previous === undefined
        ? []
        : [`policy ${shortDigest(previous)}, loaded ${momentText(previous.loadedAt)}`],
    ),
    section("missing", (policy?.missing ?? []).map(printable)),
    differencesText(status, paint),
    rulesText(status),
  ].join("");
}

function headline(status: Omit<Status, "notes">, paint: Paint): string {
  const { policy, probation, inKernel, kernel } = status;
  if (policy === undefined && kernel === "unread") return verdictText(status, paint);
  if (policy === undefined)
    return inKernel === undefined
      ? "no policy is applied on this host\n"
      : `${paint("warning", "unknown")}: the kernel enforces policy ${shortDigest(inKernel)} of ${printable(inKernel.host)}, of which the state knows nothing\n`;
  const what = `${printable(policy.host)}: policy ${shortDigest(policy)}, loaded ${momentText(policy.loadedAt)}`;
  const trial =
    probation === undefined
      ? ""
      : `  ${paint("warning", `on probation for another ${formatDuration(probation.secondsLeft)}`)}, then back to ${fallback(probation.fallsBackTo)}\n`;
  return `${what}\n${trial}${verdictText(status, paint)}`;
}

function fallback(digest: string | undefined): string {
  return digest === undefined ? "enforcing nothing" : `policy ${shortDigest({ digest })}`;
}

function verdictText({ kernel }: Pick<Status, "kernel">, paint: Paint): string {
  switch (kernel) {
    case "holds":
      return section("kernel", [paint("good", "holds what was loaded")]);
    case "changed":
      return section("kernel", [
        paint("bad", "does NOT hold what was loaded: somebody has changed our table; apply again to mend it"),
      ]);
    case "missing":
      return section("kernel", [paint("bad", "has no table of ours: NOTHING IS ENFORCED; apply again")]);
    case "unknown":
      return section("kernel", [paint("warning", "holds a table of ours that the state does not know")]);
    case "unread":
      return section("kernel", [
        paint("bad", "could not be asked: nobody knows whether it holds what was loaded"),
      ]);
    case "absent":
      return "";
  }
}

const SHOWN_LINES = 20;

function differencesText({ differences }: Pick<Status, "differences">, paint: Paint): string {
  const lines = differences.flatMap(({ object, lines }) => [
    `  ${object}`,
    ...lines.map((line) => `    ${line}`),
  ]);
  const more =
    lines.length > SHOWN_LINES
      ? [`  and ${lines.length - SHOWN_LINES} more lines (--json has them all)`]
      : [];
  return [...lines.slice(0, SHOWN_LINES), ...more]
    .map((line) => `  ${paint(styleOf(line), printable(line))}\n`)
    .join("");
}

function styleOf(line: string) {
  const [sign] = line.trimStart();
  return sign === "-" ? "bad" : sign === "+" ? "warning" : "faint";
}

function rulesText({ rules, byDefault }: Pick<Status, "rules" | "byDefault">): string {
  const rows = [
    ...rules.map((rule) => ({ count: rule, words: ruleWords(rule) })),
    ...Object.entries(byDefault).map(([direction, count]) => ({
      count,
      words: `${direction}: no rule allows it`,
    })),
  ];
  if (rows.length === 0) return "";
  const cells = rows.map(
    ({ count, words }) => [String(count.packets), hitText(count.lastHit), printable(words)] as const,
  );
  const widths = [0, 1].map((at) =>
    Math.max(...cells.map((row) => (row[at] ?? "").length), HEADINGS[at]?.length ?? 0),
  );
  const line = ([packets, hit, words]: readonly [string, string, string]) =>
    `  ${packets.padStart(widths[0] ?? 0)}  ${hit.padEnd(widths[1] ?? 0)}  ${words}\n`;
  return `${line(HEADINGS)}${cells.map(line).join("")}`;
}

const HEADINGS = ["packets", "last hit", "rule"] as const;

function ruleWords({ direction, action, rule, services, expires, expired }: RuleStatus): string {
  const place = `${rule.file}:${rule.line}`;
  const name = rule.name === place ? place : `${rule.name} (${place})`;
  const end = expires === undefined ? "" : expired === true ? `, expired ${expires}` : `, until ${expires}`;
  return `${direction}: ${action} ${list(services)} by ${name}${end}`;
}

/** Known only from one look to the next. */
function hitText(hit: Hit | undefined): string {
  return hit === undefined ? "never" : `since ${momentText(hit.since)}`;
}

/** The same as facts. */
export function statusFacts(status: ToldStatus): object {
  const { kernel, differences, policy, inKernel, probation, previous, rules, byDefault, notes } = status;
  return {
    kernel,
    holds: kernel === "holds" || kernel === "absent",
    host: policy?.host ?? null,
    digest: policy?.digest ?? null,
    modes: policy?.modes ?? null,
    stamp: policy === undefined ? null : stampText(policy.stamp),
    loadedAt: policy?.loadedAt ?? null,
    missing: policy?.missing ?? [],
    inKernel: inKernel === undefined ? null : { ...inKernel, stamp: stampText(inKernel.stamp) },
    probation:
      probation === undefined
        ? null
        : { secondsLeft: probation.secondsLeft, fallsBackTo: probation.fallsBackTo ?? null },
    previous: previous ?? null,
    differences,
    rules: rules.map(({ lastHit, ...rule }) => ({ ...rule, lastHit: lastHit ?? null })),
    default: Object.fromEntries(
      Object.entries(byDefault).map(([direction, count]) => [direction, countFacts(count)]),
    ),
    warnings: notes.map(noteFacts),
  };
}

function countFacts({ packets, bytes, lastHit }: Count): object {
  return { packets, bytes, lastHit: lastHit ?? null };
}
