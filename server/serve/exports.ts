/** What is told to other systems, put together, and what is measured of it. */

import type { DeliveryState } from "../alerts/conditions.ts";
import { Exports, type ExportsParts } from "../exports/exports.ts";
import { readCommands } from "../exports/known-commands.ts";
import type { Progress, Receiver, ReceiverSecrets, ReceiverSpec } from "../exports/receiver.ts";
import type { Measure } from "../http/metrics.ts";
import type { Database } from "../store/database.ts";
import { ReceiverStore } from "../store/exports/receiver-store.ts";

export interface OpenExportsParts extends Omit<ExportsParts, "receivers" | "commands"> {
  readonly database: Database;
  /** The file of the programs that alerts may be given to. */
  readonly commandsFile: string | undefined;
}

const TICK_MILLISECONDS = 60_000;

/** Runs until the stack is disposed of. Throws `server/commands-unusable`. */
export function openExports(
  { database, commandsFile, ...parts }: OpenExportsParts,
  cleanup: AsyncDisposableStack,
): Exports {
  const receivers = new ReceiverStore<ReceiverSpec, ReceiverSecrets, Progress>(database);
  const exports = cleanup.use(new Exports({ ...parts, receivers, commands: readCommands(commandsFile) }));
  const timer = setInterval(() => exports.tick(), TICK_MILLISECONDS);
  cleanup.defer(() => clearInterval(timer));
  return exports;
}

export function deliveriesOf(exports: Exports): readonly DeliveryState[] {
  return exports.all().map(({ name, progress }) => ({
    receiver: name,
    failingSince: progress.failingSince ?? undefined,
    why: progress.why ?? "",
    lost: lostOf(progress),
  }));
}

function lostOf({ refused, missedEvents, missedRecords }: Receiver["progress"]): number {
  return refused + missedEvents + missedRecords;
}

export function exportMeasures(exports: Exports, lastEvent: () => number): readonly Measure[] {
  const each = (read: (receiver: Receiver) => number) => () =>
    exports.all().map((receiver) => ({ labels: { receiver: receiver.name }, value: read(receiver) }));
  return [
    {
      name: "bulkhead_server_export_delivered_total",
      type: "counter",
      help: "Alerts, events and flows that a receiver was told.",
      labels: ["receiver"],
      read: each(({ progress }) => progress.told),
    },
    {
      name: "bulkhead_server_export_lost_total",
      type: "counter",
      help: "What a receiver was never told of: what it refused, and what was removed before.",
      labels: ["receiver"],
      read: each(({ progress }) => lostOf(progress)),
    },
    {
      name: "bulkhead_server_export_failing",
      type: "gauge",
      help: "1 where the last attempt to tell a receiver something has failed.",
      labels: ["receiver"],
      read: each(({ progress }) => (progress.failingSince === null ? 0 : 1)),
    },
    {
      name: "bulkhead_server_export_events_behind",
      type: "gauge",
      help: "Events that a receiver is still to be told, or that are not for it.",
      labels: ["receiver"],
      read: each(({ progress }) => Math.max(0, lastEvent() - progress.event)),
    },
  ];
}
