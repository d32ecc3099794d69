/** A plan for people. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import { momentText } from "../centre/words.ts";
import { type Finding, findingsOf } from "../check/findings.ts";
import type { CheckReport } from "../check/report.ts";
import { diffText } from "../diff/text.ts";
import type { Foretold, Listed, Plan, PlanAnswer } from "./answer.ts";
import { connectionName, countWords, decisionWords } from "./connections.ts";

/** So many connections of a kind are shown. */
const MOST_SHOWN = 50;

export function planText({ plan, version, active }: PlanAnswer, report: CheckReport, paint: Paint): string {
  const what = version === null ? "these files" : `version ${version}`;
  const against = active === null ? "no policy" : `version ${active}`;
  return [
    `${paint("strong", `${what} against ${against}, which is active`)}\n`,
    diffText(plan.reach, paint),
    hostsText(plan),
    proofText(report, paint),
    flowsText(plan, paint),
  ].join("\n");
}

function hostsText({ hosts: { all, affected } }: Plan): string {
  if (affected.length === 0) return `none of ${all} hosts has to enforce anything else\n`;
  const lines = affected
    .slice(0, MOST_SHOWN)
    .map(({ name, what }) => `  ${printable(name)}: ${what.join(", ")}\n`);
  const more = affected.length > MOST_SHOWN ? `  and ${affected.length - MOST_SHOWN} more\n` : "";
  return `${affected.length} of ${all} hosts have to enforce something else:\n${lines.join("")}${more}`;
}

function proofText(report: CheckReport, paint: Paint): string {
  const findings = findingsOf({ ...report, connections: [] });
  const failed = findings.filter(({ passed }) => !passed);
  const passed = findings.length - failed.length;
  if (findings.length === 0) return "the draft has no tests and no invariants of its own\n";
  return `${failed.map((finding) => failedText(finding, paint)).join("")}tests and invariants: ${passed} hold, ${failed.length} do not\n`;
}

function failedText({ title, sentence, reasons }: Finding, paint: Paint): string {
  return `${paint("bad", title)}: ${sentence}\n${reasons.map((reason) => `  ${printable(reason)}\n`).join("")}`;
}

function flowsText({ flows }: Plan, paint: Paint): string {
  const { since, records, judged, unjudged, breaks, brokenAlready, opens, wouldDeny } = flows;
  const head = `recorded since ${momentText(since)}: ${records} records of ${judged} different connections${unjudged > 0 ? `, and ${unjudged} that cannot be judged, as their peers were too many to be told apart` : ""}\n`;
  const sections = [
    section(paint("bad", "would break"), breaks),
    section(
      "broken already: got through when they were recorded, and the active policy denies them as well",
      brokenAlready,
    ),
    section("denied when they were recorded, and would get through", opens),
    section("would be recorded as would-be-denied, and are not so now", wouldDeny),
  ].join("");
  return `${head}${sections}${breaks.flows === 0 ? paint("good", "no recorded connection would break\n") : ""}`;
}

function section(title: string, { flows, connections, list }: Listed): string {
  if (flows === 0) return "";
  const shown = list.slice(0, MOST_SHOWN);
  const more = list.length > MOST_SHOWN ? `  and more; --json has them\n` : "";
  return `${title}: ${connections} connections\n${shown.map(lineText).join("")}${more}`;
}

function lineText(one: Foretold): string {
  const perhaps = one.unsure
    ? " (perhaps: its process was not recorded, and some would still get through)"
    : "";
  return `  ${connectionName(one)}: ${countWords(one)}\n    then ${decisionWords(one.recorded)}; under the draft ${decisionWords(one.next)}${perhaps}\n`;
}
