/** Flows from whoever has them: the daemon, or, where none runs, what it has left on disk. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type FlowLine, flowLine } from "@bulkhead/shared/flow/flow-line.ts";
import type { FlowRecord, Loss } from "@bulkhead/shared/flow/record.ts";
import { type ControlClient, controlClient } from "../control/control-client.ts";
import { type FlowQuestion, questionText } from "../control/flow-question.ts";
import type { LossesAnswer } from "../control/flow-routes.ts";
import { readSpool } from "../report/read-spool.ts";
import { type SocketOptions, socketOf } from "./socket.ts";

export interface FoundFlows {
  /** Newest first. */
  readonly flows: readonly FlowLine[];
  readonly losses: readonly Loss[];
  /** Why nothing new is being recorded. */
  readonly note: BulkheadError | undefined;
}

/** Throws `daemon/not-running` where nothing was ever recorded either, and `daemon/…` for what keeps one from asking. */
export async function findFlows(options: SocketOptions, question: FlowQuestion): Promise<FoundFlows> {
  const client = controlClient(socketOf(options));
  try {
    return { ...(await asked(client, question)), note: undefined };
  } catch (error) {
    if (!(error instanceof BulkheadError) || error.code !== "daemon/not-running") throw error;
    const left = leftOnDisk(options["state-dir"], question);
    if (left === undefined) throw error;
    const message = `${error.message}: this is what was recorded until it ended; nothing new is being recorded`;
    return { ...left, note: new BulkheadError("daemon/not-running", message) };
  }
}

async function asked(client: ControlClient, question: FlowQuestion): Promise<Omit<FoundFlows, "note">> {
  const records = client.lines<FlowRecord>("/v1/flows", questionText(question));
  const flows = await Array.fromAsync(records, flowLine);
  const { losses } = await client.get<LossesAnswer>("/v1/losses", { since: question.since });
  return { flows, losses };
}

function leftOnDisk(directory: string, question: FlowQuestion): Omit<FoundFlows, "note"> | undefined {
  using spool = readSpool(directory);
  if (spool === undefined) return undefined;
  return { flows: spool.find(question).map(flowLine), losses: spool.losses(question.since) };
}

/** As they are seen, until the signal. Throws `daemon/…` as well where no daemon runs: then nothing is seen. */
export async function* followFlows(
  options: SocketOptions,
  question: FlowQuestion,
  signal: AbortSignal,
): AsyncGenerator<FlowLine> {
  const query = { ...questionText(question), follow: 1 };
  const records = controlClient(socketOf(options)).lines<FlowRecord>("/v1/flows", query, signal);
  for await (const record of records) yield flowLine(record);
}
