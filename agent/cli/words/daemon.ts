/** How the daemon is, for people. What is wrong stands first in each line. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { DaemonStatus, Tampering } from "../../control/daemon-status.ts";
import { section } from "./effects.ts";
import { momentText } from "./generation.ts";
import { lossesText } from "./losses.ts";
import { bytesText, plural } from "./quantities.ts";

const SHOWN_PROBLEMS = 10;

const WELL: ReadonlySet<string> = new Set(["enforcing", "starting", "on-probation"]);

type Health = Pick<DaemonStatus, "source" | "enforcement" | "state" | "observer">;

/** Whether it does all that it should. */
export function isWell({ source, enforcement, state, observer }: Health): boolean {
  const isKept = state.trouble === undefined && observer.trouble === undefined;
  return source.state === "current" && WELL.has(enforcement.state) && isKept;
}

/** Indented lines, to stand below what is in force. */
export function daemonText(status: DaemonStatus, paint: Paint): string {
  const { daemon, losses } = status;
  return [
    section("daemon", [
      `version ${printable(daemon.version)}, pid ${daemon.pid}, since ${momentText(daemon.startedAt)}`,
    ]),
    section("source", sourceLines(status, paint)),
    section("server", linkLines(status, paint)),
    section("enforces", enforcementLines(status, paint)),
    section("changed", tamperingLines(status.tampering, paint)),
    section("seen", observerLines(status, paint)),
    section("state", stateLines(status, paint)),
    section("spool", spoolLines(status, paint)),
    losses.length === 0 ? "" : lossesText(losses, paint).replace("in this time", "in the last hour"),
  ].join("");
}

function sourceLines({ source }: DaemonStatus, paint: Paint): string[] {
  const { state, paths, problems, since } = source;
  const files = paths.map(printable).join(", ");
  if (state === "current") return [files];
  const what = state === "invalid" ? "INVALID" : "GONE";
  const stays = "the last good policy stays in force";
  const shown = problems.slice(0, SHOWN_PROBLEMS).map((problem) => `  ${printable(problem)}`);
  const more = problems.length - shown.length;
  return [
    `${paint("bad", what)} since ${momentText(since)}: ${files}; ${stays}`,
    ...shown,
    ...(more > 0 ? [`  and ${plural(more, "more problem")}`] : []),
  ];
}

function linkLines({ link }: DaemonStatus, paint: Paint): string[] {
  if (link === undefined) return [];
  const { url, host, connected, since, why = "" } = link;
  const state = connected ? "connected" : paint("warning", "not connected");
  return [
    `${printable(url)}, as ${printable(host)}: ${state} since ${momentText(since)}${why && `: ${printable(why)}`}`,
  ];
}

function enforcementLines({ enforcement }: DaemonStatus, paint: Paint): string[] {
  const { state, why, retryAt } = enforcement;
  if (state === "enforcing") return [];
  const words = WELL.has(state) ? paint("warning", state) : paint("bad", state.toUpperCase());
  const reason = why === undefined ? "" : `: ${printable(why)}`;
  const retry = retryAt === undefined ? "" : `; tried again at ${momentText(retryAt)}`;
  return [`${words}${reason}${retry}`];
}

function tamperingLines({ count, last }: Tampering, paint: Paint): string[] {
  if (count === 0 || last === undefined) return [];
  const who = last.by === undefined ? "" : ` by ${printable(last.by.name)} (pid ${last.by.pid})`;
  const mended =
    last.mendedAt === undefined
      ? paint("bad", "NOT MENDED")
      : `mended${last.milliseconds === undefined ? "" : ` after ${last.milliseconds} ms`}`;
  const times = `our table was changed by others ${count === 1 ? "once" : `${count} times`}`;
  return [
    `${paint("warning", times)}, last ${momentText(last.at)}${who}: ${mended}`,
    ...last.what.slice(0, SHOWN_PROBLEMS).map((line) => `  ${printable(line)}`),
  ];
}

function stateLines({ state: { trouble } }: DaemonStatus, paint: Paint): string[] {
  if (trouble === undefined) return [];
  return [`${paint("bad", "IN MEMORY ONLY")}: ${printable(trouble)}`];
}

function observerLines({ observer }: DaemonStatus, paint: Paint): string[] {
  const { connectionEvents, deniedPackets, open, overruns, unattributed, trouble } = observer;
  const parts = [
    `${plural(open, "connection")} open`,
    plural(connectionEvents, "event"),
    plural(deniedPackets, "denied packet"),
    ...(unattributed === 0 ? [] : [`${unattributed} of unknown processes`]),
    ...(overruns === 0 ? [] : [plural(overruns, "overrun")]),
  ];
  const line = parts.join(", ");
  return trouble === undefined ? [line] : [`${paint("bad", "NOT WATCHING")}: ${printable(trouble)}`, line];
}

function spoolLines({ spool }: DaemonStatus, paint: Paint): string[] {
  const { records, bytes, oldest, lost, trouble } = spool;
  const since = oldest === undefined ? "" : `, since ${momentText(new Date(oldest).toISOString())}`;
  const gone = lost === 0 ? "" : `, ${lost} lost`;
  const line = `${plural(records, "record")} in ${bytesText(bytes)}${since}${gone}`;
  return trouble === undefined
    ? [line]
    : [`${paint("bad", "CANNOT BE WRITTEN")}: ${printable(trouble)}`, line];
}
