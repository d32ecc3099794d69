/** `suggest`: rules for what was seen and is not allowed yet, asked of the server. */

import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "../centre/connection.ts";
import { parseSeconds } from "../centre/labels.ts";
import { lastLine } from "../plan/progress.ts";

export interface SuggestOptions extends ConnectionOptions {
  readonly segment: string | undefined;
  readonly since: string;
  readonly units: boolean;
}

interface SuggestionAnswer {
  readonly kind: "suggestion";
  readonly suggestion: { readonly text: string };
}

export async function suggest(options: SuggestOptions, terminal: Terminal): Promise<ExitCode> {
  const { segment, units, json } = options;
  const since = Date.now() - parseSeconds("since", options.since) * 1000;
  const client = await connectTo(options);
  const lines = client.stream<SuggestionAnswer>("/api/v1/suggestion", { query: { since, segment, units } });
  const { kind: _, ...facts } = await lastLine(lines, terminal);
  await terminal.out.write(
    json ? `${JSON.stringify({ formatVersion: 1, ...facts }, null, 2)}\n` : facts.suggestion.text,
  );
  return 0;
}
