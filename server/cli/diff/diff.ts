import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { compareReach } from "@bulkhead/shared/rules/reach.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { connectTo } from "../centre/connection.ts";
import { servedPolicy } from "../centre/served-policy.ts";
import { loadPolicy } from "../load-policy.ts";
import { diffText } from "./text.ts";

interface Given {
  readonly old: string;
  readonly new: string;
  readonly json: boolean;
  readonly "exit-code": boolean;
  readonly "data-dir": string | undefined;
  readonly server: string | undefined;
}

const VERSION = /^[1-9]\d{0,8}$/;

/** Two numbers are versions at the server, with the hosts that have joined; everything else is files. */
async function bothOf(given: Given, terminal: Terminal): Promise<readonly [ResolvedPolicy, ResolvedPolicy]> {
  if (!VERSION.test(given.old) || !VERSION.test(given.new))
    return [await loadPolicy([given.old], terminal), await loadPolicy([given.new], terminal)];
  const client = await connectTo(given);
  return [await servedPolicy(client, Number(given.old)), await servedPolicy(client, Number(given.new))];
}

export async function diff(given: Given, terminal: Terminal): Promise<ExitCode> {
  const [old, next] = await bothOf(given, terminal);
  const change = compareReach(old, next);
  const { gained, lost } = change;
  const text = given.json
    ? `${JSON.stringify({ formatVersion: 1, gained, lost }, null, 2)}\n`
    : diffText(change, terminal.out.paint);
  await terminal.out.write(text);
  return given["exit-code"] && gained.length + lost.length > 0 ? 1 : 0;
}
