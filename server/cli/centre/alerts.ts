import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { momentText } from "./words.ts";

export interface AlertOptions extends ConnectionOptions {
  readonly action: "list" | "ack";
  readonly id: string | undefined;
  readonly all: boolean;
  readonly limit: number;
  readonly message: string;
}

interface AlertView {
  readonly id: number;
  readonly kind: string;
  readonly severity: string;
  readonly words: string;
  readonly remedy: string;
  readonly openedAt: number;
  readonly lastAt: number;
  readonly count: number;
  readonly acknowledged: { readonly at: number; readonly by: string; readonly note: string } | null;
  readonly resolvedAt: number | null;
}

export async function workOnAlerts(options: AlertOptions, { out }: Terminal): Promise<ExitCode> {
  const client = await connectTo(options);
  const { action, id, all, limit, message, json } = options;
  if (action === "ack") {
    if (id === undefined || !/^\d{1,15}$/.test(id))
      throw new BulkheadError("command/wrong-usage", "`alerts ack` needs the alert's number");
    const alert = await client.post<AlertView>(`/api/v1/alerts/${id}/acknowledge`, { note: message });
    await out.write(
      json ? `${JSON.stringify({ formatVersion: 1, alert }, null, 2)}\n` : `${alertText(alert)}`,
    );
    return 0;
  }
  const alerts = await client.get<AlertView[]>("/api/v1/alerts", { limit, ...(all && { all: "true" }) });
  if (json) await out.write(`${JSON.stringify({ formatVersion: 1, alerts }, null, 2)}\n`);
  else await out.write(alerts.length === 0 ? "nothing alarms\n" : alerts.map(alertText).join("\n"));
  return alerts.some(({ resolvedAt, acknowledged }) => resolvedAt === null && acknowledged === null) ? 1 : 0;
}

/** Some lines: what happened, when, and what to do. */
function alertText(alert: AlertView): string {
  const { id, kind, severity, words, remedy, openedAt, lastAt, count, acknowledged, resolvedAt } = alert;
  const times = count === 1 ? "" : `, ${count} times, last ${momentText(lastAt)}`;
  const over = resolvedAt === null ? "" : `, over ${momentText(resolvedAt)}`;
  const lines = [
    `${id}  ${severity}  ${kind}  since ${momentText(openedAt)}${times}${over}`,
    `    ${printable(words)}`,
    ...(acknowledged === null
      ? []
      : [
          `    seen by ${printable(acknowledged.by)} ${momentText(acknowledged.at)}${acknowledged.note === "" ? "" : `: ${printable(acknowledged.note)}`}`,
        ]),
    ...(resolvedAt === null ? [`    -> ${remedy}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}
