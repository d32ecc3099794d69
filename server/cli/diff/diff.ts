import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { compareReach } from "@bulkhead/shared/rules/reach.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { loadPolicy } from "../load-policy.ts";
import { diffText } from "./text.ts";

interface Given {
  readonly old: string;
  readonly new: string;
  readonly json: boolean;
  readonly "exit-code": boolean;
}

export async function diff(given: Given, terminal: Terminal): Promise<ExitCode> {
  const old = await loadPolicy([given.old], terminal);
  const next = await loadPolicy([given.new], terminal);
  const change = compareReach(old, next);
  const { gained, lost } = change;
  const text = given.json
    ? `${JSON.stringify({ formatVersion: 1, gained, lost }, null, 2)}\n`
    : diffText(change, terminal.out.paint);
  await terminal.out.write(text);
  return given["exit-code"] && gained.length + lost.length > 0 ? 1 : 0;
}
