import { readFileSync, writeFileSync } from "node:fs";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import type { Evidence } from "../../audit/evidence/evidence.ts";
import { evidencePage } from "../../audit/evidence/page.ts";
import { evidenceDigest, readEvidence } from "../../audit/evidence/reading.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { parseMoment } from "./moment-option.ts";

export interface EvidenceOptions extends ConnectionOptions {
  readonly segment: string | undefined;
  readonly from: string;
  readonly to: string | undefined;
  readonly format: "json" | "html";
  readonly out: string | undefined;
  readonly check: string | undefined;
}

export async function makeEvidence(options: EvidenceOptions, { out, err }: Terminal): Promise<ExitCode> {
  if (options.check !== undefined) return check(options.check, options.json, { out });
  const evidence = await asked(options);
  const text = options.format === "html" ? evidencePage(evidence) : `${JSON.stringify(evidence, null, 2)}\n`;
  if (options.out === undefined) await out.write(text);
  else {
    written(options.out, text);
    const { policies, members, flows, gaps } = evidence;
    await err.write(
      `${options.out}: ${policies.length} versions, ${members.length} members, ${flows.length} rows of flows, ${gaps.length} gaps; ${evidence.digest}\n`,
    );
  }
  if (!evidence.audit.whole) await err.write(`The audit log was altered: ${evidence.audit.fault?.words}\n`);
  return evidence.audit.whole ? 0 : 1;
}

async function asked(options: EvidenceOptions): Promise<Evidence> {
  const { segment, from, to } = options;
  if (segment === undefined) throw new BulkheadError("command/wrong-usage", "`evidence` needs --segment");
  const now = Date.now();
  const begin = parseMoment({ option: "from", text: from, now, end: "begin" });
  const end = to === undefined ? now : parseMoment({ option: "to", text: to, now, end: "end" });
  if (begin >= end)
    throw new BulkheadError("command/wrong-usage", `--from ${from} is not before --to ${to ?? "now"}`);
  const client = await connectTo(options);
  return client.get<Evidence>("/api/v1/evidence", { segment, from: begin, to: end });
}

async function check(path: string, json: boolean, { out }: Pick<Terminal, "out">): Promise<ExitCode> {
  const evidence = readEvidence(readFileSync(path, "utf8"), path);
  const found = evidenceDigest(evidence);
  const holds = found === evidence.digest;
  const words = holds
    ? `${path} is as it was made: ${found}; its signature is by ${evidence.signature.fingerprint}\n`
    : `${path} was ALTERED: its digest is ${found}, and it says ${evidence.digest}\n`;
  const facts = { formatVersion: 1, holds, found, said: evidence.digest };
  await out.write(json ? `${JSON.stringify(facts, null, 2)}\n` : words);
  return holds ? 0 : 1;
}

/** Never over something that is there: evidence is not made twice. */
function written(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw new BulkheadError("command/wrong-usage", `${path}: ${(error as Error).message}`);
  }
}
