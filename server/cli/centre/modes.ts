/** `mode`: what each segment says of the mode of its hosts, and another version in which one of them says something else. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { modeMessage, withSegmentMode } from "@bulkhead/shared/policy/edit/segment-mode.ts";
import type { SourceFile } from "@bulkhead/shared/policy/files.ts";
import type { Mode, Modes, Policy } from "@bulkhead/shared/policy/policy.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { problemsText } from "../check/text.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { assertNoWaveOptions, provision, versionNumber } from "./policies.ts";
import type { WaveOptions } from "./rollouts.ts";
import { servedPolicy } from "./served-policy.ts";
import { columnsText } from "./words.ts";

export interface ModeOptions extends ConnectionOptions, WaveOptions {
  readonly segment: string | undefined;
  readonly mode: Mode | undefined;
  readonly ingress: boolean;
  readonly egress: boolean;
  readonly draft: boolean;
  /** The version that is changed. */
  readonly from: string | undefined;
  readonly message: string | undefined;
  readonly trial: string | undefined;
}

export async function workOnModes(options: ModeOptions, terminal: Terminal): Promise<ExitCode> {
  const { segment, mode } = options;
  const client = await connectTo(options);
  if (segment === undefined) return showModes(client, options, terminal);
  if (mode === undefined)
    throw new BulkheadError("command/wrong-usage", "`mode SEGMENT` needs a mode: enforce, observe or off");
  assertOneWay(options);
  const from = await baseOf(client, options.from);
  const files = await client.get<SourceFile[]>(`/api/v1/policies/${from}/files`);
  const wanted = wantedOf(mode, options);
  const edited = withSegmentMode(files, segment, wanted);
  if ("problem" in edited) throw new BulkheadError("command/mode-refused", edited.problem);
  const { out } = terminal;
  if ("same" in edited) {
    const words = `'${segment}' says so already in version ${from}\n`;
    await out.write(options.json ? `${JSON.stringify({ formatVersion: 1, from, number: null })}\n` : words);
    return 0;
  }
  const message = options.message ?? modeMessage(segment, wanted, from);
  return pushed(client, { files: edited.files, message, from }, { options, terminal });
}

/** Before anything is kept. Throws `command/wrong-usage`. */
function assertOneWay(options: ModeOptions): void {
  const { draft, waves, trial } = options;
  if (waves === undefined) assertNoWaveOptions(options);
  if (draft && (waves !== undefined || trial !== undefined))
    throw new BulkheadError(
      "command/wrong-usage",
      `--draft provisions nothing, so --${waves === undefined ? "trial" : "waves"} has no use beside it`,
    );
}

interface Edited {
  readonly files: readonly SourceFile[];
  readonly message: string;
  readonly from: number;
}

/** 2 where the version would break an invariant: then nothing was kept. */
async function pushed(
  client: ApiClient,
  { files, message, from }: Edited,
  { options, terminal }: { readonly options: ModeOptions; readonly terminal: Terminal },
): Promise<ExitCode> {
  const { out, err } = terminal;
  const { number, problems } = await client.post<{ number: number | null; problems: Problem[] }>(
    "/api/v1/policies",
    { files: files.map(({ name, text }) => ({ name, text })), message },
  );
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) await err.write(problemsText({ files, problems: errors }, err.paint));
  if (options.json && (number === null || options.draft))
    await out.write(`${JSON.stringify({ formatVersion: 1, from, number, problems }, null, 2)}\n`);
  if (number === null) return 2;
  if (!options.json) await out.write(`version ${number}: ${message}\n`);
  if (!options.draft) return provision({ ...options, number: String(number) }, terminal);
  if (!options.json) await out.write(`it is a draft; \`bulkhead provision ${number}\` puts it in force\n`);
  return 0;
}

async function showModes(
  client: ApiClient,
  { json, from }: ModeOptions,
  { out }: Terminal,
): Promise<ExitCode> {
  const version = await baseOf(client, from);
  const { policy, inventory } = await servedPolicy(client, version);
  const segments = selectSegments(policy).map(({ name, mode }) => ({
    segment: name,
    ingress: mode.ingress ?? null,
    egress: mode.egress ?? null,
    hosts: inventory.members(name).length,
  }));
  if (json) {
    const facts = { version, otherwise: policy.mode, segments };
    await out.write(`${JSON.stringify({ formatVersion: 1, ...facts }, null, 2)}\n`);
    return 0;
  }
  const rows = segments.map(({ segment, ingress, egress, hosts }) => [
    ...[segment, ingress ?? "-", egress ?? "-", String(hosts)],
  ]);
  const { ingress, egress } = policy.mode;
  await out.write(
    `version ${version}; hosts whose segments say nothing: ingress ${ingress}, egress ${egress}; of several segments the strictest counts\n${columnsText(["segment", "ingress", "egress", "hosts"], rows)}`,
  );
  return 0;
}

function selectSegments({ segments }: Policy) {
  return [...segments.values()].filter((segment) => segment.kind === "select");
}

/** The version that was named, else the active one: a draft that somebody else works on is not brought along. Throws `server/no-version`. */
async function baseOf(client: ApiClient, from: string | undefined): Promise<number> {
  if (from !== undefined) return versionNumber(from);
  const { policy } = await client.get<{ policy: number | null }>("/api/v1/status");
  if (policy !== null) return policy;
  throw new BulkheadError("server/no-version", "no version of the policy has been provisioned");
}

/** Both directions unless one is named. */
function wantedOf(mode: Mode, { ingress, egress }: ModeOptions): Partial<Modes> {
  if (ingress === egress) return { ingress: mode, egress: mode };
  return ingress ? { ingress: mode } : { egress: mode };
}
