import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { suggest } from "@bulkhead/shared/flow/suggest.ts";
import type { Suggestion } from "@bulkhead/shared/flow/suggestion.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { StateStore } from "../../apply/state-store.ts";
import { controlClient } from "../../control/control-client.ts";
import { MOST_LINES } from "../../control/flow-question.ts";
import { readSpool } from "../../report/read-spool.ts";
import { warn, writeJson } from "../report.ts";
import { type SocketOptions, socketOf } from "../socket.ts";

export interface SuggestOptions extends SocketOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Seconds. */
  readonly since: number | undefined;
}

const DEFAULT_SECONDS = 7 * 86_400;

export async function showSuggestion(options: SuggestOptions, terminal: Terminal): Promise<ExitCode> {
  const since = Date.now() - (options.since ?? DEFAULT_SECONDS) * 1000;
  const { text, connections, rules, leftOut } = await suggestion(options, since, terminal);
  if (options.json) {
    const odd = leftOut.map(({ observed, why }) => ({
      ...observed,
      units: [...(observed.units ?? [])],
      why,
    }));
    await writeJson(terminal, { connections, rules, leftOut: odd, policy: text });
  } else await terminal.out.write(text);
  return 0;
}

/** From the daemon, which knows the policy's segments; where none runs, from what it has left on disk. */
async function suggestion(options: SuggestOptions, since: number, terminal: Terminal): Promise<Suggestion> {
  try {
    return await controlClient(socketOf(options)).get<Suggestion>("/v1/suggestion", { since });
  } catch (error) {
    if (!(error instanceof BulkheadError) || error.code !== "daemon/not-running") throw error;
    const left = leftOnDisk(options["state-dir"], since);
    if (left === undefined) throw error;
    const words = `${error.message}: this is made of what was recorded until it ended`;
    if (!options.quiet) await warn(terminal, [new BulkheadError("daemon/not-running", words)]);
    return left;
  }
}

function leftOnDisk(directory: string, since: number): Suggestion | undefined {
  using spool = readSpool(directory);
  const { current } = new StateStore(directory).read();
  if (spool === undefined || current.kind !== "generation") return undefined;
  const { host, addresses } = current.generation.policy;
  return suggest(spool.find({ since, most: MOST_LINES }), { host, addresses, segment: undefined });
}
