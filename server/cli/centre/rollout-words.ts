/** Rollouts in words. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import { columnsText, momentText } from "./words.ts";

/** As the API tells it; see server/api/rollout-shapes.ts. */
export interface RolloutView {
  readonly number: number;
  readonly version: number;
  readonly base: number;
  readonly by: string;
  readonly state: "running" | "paused" | "halted" | "rolled-back" | "done";
  readonly why: string | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly wave: number;
  readonly waves: readonly {
    readonly asked: string;
    readonly hosts: number;
    readonly startedAt: number | null;
    readonly settledAt: number | null;
  }[];
  readonly holdSeconds: number;
  readonly denials: "halt" | "report";
  readonly waitingFor: number;
  readonly nextAt: number | null;
  readonly findings: readonly { readonly kind: string; readonly words: string; readonly at: number }[];
}

export interface RolloutDetails extends RolloutView {
  readonly hosts: readonly {
    readonly name: string;
    readonly wave: number;
    readonly movedAt: number | null;
    readonly course: string;
  }[];
}

export interface PlannedWave {
  readonly asked: string;
  readonly hosts: readonly string[];
}

/** So many names stand in a line. */
const NAMES = 12;

export function wavesText(waves: readonly PlannedWave[]): string {
  const rows = waves.map(({ asked, hosts }, at) => [
    String(at + 1),
    asked,
    String(hosts.length),
    namesText(hosts),
  ]);
  return columnsText(["wave", "", "hosts", ""], rows);
}

function namesText(names: readonly string[]): string {
  const more = names.length > NAMES ? ` and ${names.length - NAMES} more` : "";
  return `${names.slice(0, NAMES).join(", ")}${more}`;
}

export function listText(rollouts: readonly RolloutView[]): string {
  if (rollouts.length === 0)
    return "there was no rollout yet; `bulkhead provision NUMBER --waves 1,10%,100%` begins one\n";
  const rows = rollouts.map(({ number, version, base, state, wave, waves, startedAt, by, why }) => [
    ...[String(number), `${base} -> ${version}`, state, `${wave + 1} of ${waves.length}`],
    ...[momentText(startedAt), by, why ?? ""],
  ]);
  return columnsText(["rollout", "version", "state", "wave", "began", "by", ""], rows);
}

export function rolloutText(rollout: RolloutDetails, paint: Paint): string {
  const { number, version, base, by, startedAt, waves, hosts, findings, holdSeconds } = rollout;
  const head = `rollout ${number}: version ${version} in the place of version ${base}, begun by ${by} ${momentText(startedAt)}; each wave is watched for ${secondsText(holdSeconds)}`;
  const rows = waves.map((wave, at) => {
    const those = hosts.filter((host) => host.wave === at);
    return [String(at + 1), wave.asked, String(those.length), coursesText(those), momentOr(wave.startedAt)];
  });
  const found = findings.map(({ at, words }) => `  ${momentText(at)}  ${printable(words)}\n`);
  return `${printable(head)}\n${columnsText(["wave", "", "hosts", "", "began"], rows)}${found.join("")}${stateText(rollout, paint)}\n`;
}

/** `2 enforces (web-1, web-2), 1 on-its-way (db-1)`. */
function coursesText(hosts: RolloutDetails["hosts"]): string {
  return [...Map.groupBy(hosts, ({ course }) => course)]
    .map(([course, some]) => `${some.length} ${course} (${namesText(some.map(({ name }) => name))})`)
    .join(", ");
}

/** How it stands, in one line without its end. */
export function stateText(rollout: RolloutView, paint: Paint): string {
  const { state, why, wave, waves, version, base, waitingFor, nextAt } = rollout;
  const at = `wave ${wave + 1} of ${waves.length}`;
  switch (state) {
    case "running": {
      if (waitingFor > 0) return `${at}: ${hostsText(waitingFor)} on the way to enforce it`;
      if (nextAt === null) return `${at} has begun`;
      const then = wave + 1 === waves.length ? "done" : "next wave";
      return `${at}: enforced, and watched; ${then} at ${momentText(nextAt)}`;
    }
    case "paused":
      return `${at}: paused; \`bulkhead rollout resume\` goes on, \`abort\` takes it back`;
    case "halted":
      return `${paint("bad", "halted")}, ${at}: ${printable(why ?? "")}`;
    case "rolled-back":
      return `${paint("bad", "rolled back")} ${afterText(rollout)}, ${at}: ${printable(why ?? "")}; version ${base} is in force, ${untouchedText(rollout)}`;
    case "done":
      return `${paint("good", "done")} ${afterText(rollout)}: version ${version} is the active policy`;
  }
}

function afterText({ startedAt, endedAt }: RolloutView): string {
  return `after ${secondsText(Math.max(0, (endedAt ?? startedAt) - startedAt) / 1000)}`;
}

function untouchedText({ wave, waves }: RolloutView): string {
  const untouched = waves.slice(wave + 1).reduce((sum, { hosts }) => sum + hosts, 0);
  return untouched === 0
    ? "it had come to all hosts"
    : `${untouched === 1 ? "1 host was" : `${untouched} hosts were`} never touched`;
}

function hostsText(count: number): string {
  return count === 1 ? "1 host is" : `${count} hosts are`;
}

function momentOr(moment: number | null): string {
  return moment === null ? "-" : momentText(moment);
}

/** `5m`, `90s`, `3.2s`. */
export function secondsText(seconds: number): string {
  if (seconds >= 60 && seconds % 60 === 0) return `${seconds / 60}m`;
  return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)}s`;
}
