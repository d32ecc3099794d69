import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { status } from "../../apply/status.ts";
import { controlClient } from "../../control/control-client.ts";
import type { DaemonStatus } from "../../control/daemon-status.ts";
import { warn, writeJson } from "../report.ts";
import { looking, type SessionOptions } from "../session.ts";
import { socketOf } from "../socket.ts";
import { daemonText, isWell } from "../words/daemon.ts";
import { statusFacts, statusText, type ToldStatus } from "../words/status.ts";

export interface StatusOptions extends SessionOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly socket: string | undefined;
}

type Daemon = DaemonStatus<ToldStatus>;

export async function showStatus(options: StatusOptions, terminal: Terminal): Promise<ExitCode> {
  const daemon = await askDaemon(options, terminal);
  const found = daemon === undefined || daemon === "silent" ? await lookOurselves(options) : daemon.status;
  const told = daemon === "silent" ? undefined : daemon;
  if (!options.quiet) await warn(terminal, found.notes.map(errorOf));
  if (options.json) await writeJson(terminal, { ...statusFacts(found), ...daemonFacts(told) });
  else if (!options.quiet) await writeText(found, told, terminal);
  const holds = found.kernel === "holds" || found.kernel === "absent";
  return holds && daemon !== "silent" && (told === undefined || isWell(told)) ? 0 : 1;
}

/** Undefined where none runs. One that does not answer is said; what is in force can be read without it. */
async function askDaemon(options: StatusOptions, terminal: Terminal): Promise<Daemon | "silent" | undefined> {
  try {
    return await controlClient(socketOf(options)).get<Daemon>("/v1/status");
  } catch (error) {
    if (!(error instanceof BulkheadError)) throw error;
    if (error.code === "daemon/not-running") return undefined;
    if (error.code !== "daemon/no-answer") throw error;
    await warn(terminal, [error]);
    return "silent";
  }
}

async function lookOurselves(options: StatusOptions): Promise<ToldStatus> {
  return looking(options, async (situation, agent) => status(situation, agent));
}

async function writeText(found: ToldStatus, daemon: Daemon | undefined, { out }: Terminal): Promise<void> {
  await out.write(statusText(found, out.paint));
  if (daemon !== undefined) await out.write(daemonText(daemon, out.paint));
}

/** Null where no daemon answers. */
function daemonFacts(told: Daemon | undefined): object {
  if (told === undefined) return { daemon: null };
  const { status: _, formatVersion: __, ...facts } = told;
  return facts;
}

/** The daemon is of this version or another, so a code may be unknown here; its words are its own. */
function errorOf({ code, message, remedy }: ToldStatus["notes"][number]): BulkheadError {
  return new BulkheadError(code as ErrorCode, message, { remedy });
}
