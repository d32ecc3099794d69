/** Traces packets for a while. */

import { setTimeout as pause } from "node:timers/promises";
import type { NftRoom } from "../kernel/kernel.ts";
import { followTraces, holdTable } from "../kernel/nft/stream-nft.ts";
import { type PacketPath, PacketPaths } from "./packet-path.ts";
import type { TraceQuestion } from "./question.ts";
import { TRACE_TABLE, traceTable } from "./trace-table.ts";

const LOOK_MILLISECONDS = 50;

export interface TraceOptions {
  readonly question: TraceQuestion;
  readonly nft: NftRoom;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Told when packets are traced from now on. */
  readonly ready: () => Promise<void>;
  /** One packet is through; false where that is enough. */
  readonly each: (path: PacketPath) => Promise<boolean>;
}

/** Resolves when the time is over, with how many packets could not be read. Nothing is left in the kernel. Throws `kernel/nft-…`. */
export async function trace({
  question,
  nft,
  signal,
  ready,
  each,
}: TraceOptions): Promise<{ readonly unread: number }> {
  const paths = new PacketPaths(`inet ${TRACE_TABLE}`);
  await using _listening = await followTraces((line) => paths.read(line, performance.now()));
  const isThere = async () => (await nft.listEverything()).includes(`table inet ${TRACE_TABLE} {`);
  await using _table = await holdTable(traceTable(question), isThere);
  await ready();
  const end = performance.now() + question.seconds * 1000;
  while (performance.now() < end && !signal.aborted) {
    for (const path of paths.finished(performance.now()))
      if (!(await each(path))) return { unread: paths.unread };
    await pause(LOOK_MILLISECONDS);
  }
  for (const path of paths.finished(Number.POSITIVE_INFINITY)) await each(path);
  return { unread: paths.unread };
}
