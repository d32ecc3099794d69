import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { columnsText, momentText } from "./words.ts";

export interface HistoryOptions extends ConnectionOptions {
  readonly about: string | undefined;
  readonly limit: number;
}

interface EventView {
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  readonly who: string;
  readonly about: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export async function showHistory(options: HistoryOptions, { out }: Terminal): Promise<ExitCode> {
  const client = await connectTo(options);
  const { about, limit } = options;
  const events = await client.get<EventView[]>("/api/v1/history", { about, limit });
  if (options.json) await out.write(`${JSON.stringify({ formatVersion: 1, events }, null, 2)}\n`);
  else if (events.length === 0) await out.write("nothing has happened\n");
  else {
    const rows = events.map(({ at, who, kind, about, facts }) => [
      momentText(at),
      who,
      kind,
      about,
      Object.keys(facts).length === 0 ? "" : JSON.stringify(facts).slice(0, 120),
    ]);
    await out.write(columnsText(["when", "who", "what", "about", ""], rows));
  }
  return 0;
}
