import { existsSync } from "node:fs";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { headText, parseHead } from "../../audit/head.ts";
import { headOfStore, verifyStore } from "../../audit/verification.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { parseMoment } from "./moment-option.ts";
import { columnsText, momentText } from "./words.ts";

type Filters = Readonly<Record<"who" | "about" | "kind" | "since" | "until", string | undefined>>;

export interface AuditOptions extends ConnectionOptions, Filters {
  readonly action: "list" | "show" | "export" | "head" | "verify";
  readonly number: string | undefined;
  readonly limit: number;
  readonly head: string | undefined;
}

interface Entry {
  readonly number: number;
  readonly at: number;
  readonly kind: string;
  readonly who: string;
  readonly about: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly credential: string | null;
  readonly address: string | null;
  readonly hash: string;
}

type Verdict = ReturnType<typeof verifyStore>;
type VerificationLine =
  | { readonly kind: "progress"; readonly entries: number; readonly of: number }
  | ({ readonly kind: "verdict" } & Verdict);

const VERIFICATION = "/api/v1/audit/verification";

const MOST_PER_PAGE = 1_000;
const FACTS_CHARACTERS = 120;

export async function workOnAudit(options: AuditOptions, terminal: Terminal): Promise<ExitCode> {
  const { action, number } = options;
  if (action !== "show" && number !== undefined)
    throw new BulkheadError("command/wrong-usage", `\`audit ${action}\` takes no number`);
  switch (action) {
    case "list":
      return list(options, terminal);
    case "show":
      return show(options, terminal);
    case "export":
      return exportAll(options, terminal);
    case "head":
      return tellHead(options, terminal);
    case "verify":
      return verify(options, terminal);
  }
}

async function list(options: AuditOptions, { out, err }: Terminal): Promise<ExitCode> {
  const { limit, json } = options;
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new BulkheadError("command/wrong-usage", `--limit is ${limit}, expected a whole number from 1 on`);
  const client = await connectTo(options);
  const entries: Entry[] = [];
  let before: number | null | undefined;
  do {
    const page = await client.get<{ entries: Entry[]; before: number | null }>("/api/v1/audit", {
      ...filterOf(options),
      limit: Math.min(MOST_PER_PAGE, limit - entries.length),
      ...(before && { before }),
    });
    entries.push(...page.entries);
    before = page.before;
  } while (before !== null && entries.length < limit);
  if (json) await out.write(`${JSON.stringify({ formatVersion: 1, entries }, null, 2)}\n`);
  else if (entries.length === 0) await out.write("no entry\n");
  else await out.write(columnsText(["", "when", "who", "from", "what", "about", ""], entries.map(rowOf)));
  if (before !== null) await err.write(`There are more, older ones: --limit shows more than ${limit}.\n`);
  return 0;
}

async function show(options: AuditOptions, { out }: Terminal): Promise<ExitCode> {
  const { number = "", json } = options;
  if (!/^[1-9]\d{0,14}$/.test(number))
    throw new BulkheadError("command/wrong-usage", "`audit show` needs an entry's number");
  const client = await connectTo(options);
  const entry = await client.get<Entry>(`/api/v1/audit/entries/${number}`);
  await out.write(json ? `${JSON.stringify({ formatVersion: 1, entry }, null, 2)}\n` : entryText(entry));
  return 0;
}

/** A line each, as they come. */
async function exportAll(options: AuditOptions, { out }: Terminal): Promise<ExitCode> {
  const client = await connectTo(options);
  for await (const entry of client.stream<Entry>("/api/v1/audit/export", { query: filterOf(options) }))
    await out.write(`${JSON.stringify(entry)}\n`);
  return 0;
}

async function tellHead(options: AuditOptions, { out }: Terminal): Promise<ExitCode> {
  const store = storeAt(options);
  const head =
    store === undefined
      ? await (await connectTo(options)).get<{ number: number; hash: string }>("/api/v1/audit/head")
      : headOfStore(store);
  if (options.json) await out.write(`${JSON.stringify({ formatVersion: 1, head: head ?? null }, null, 2)}\n`);
  else await out.write(head === undefined ? "no entry\n" : `${headText(head)}\n`);
  return 0;
}

async function verify(options: AuditOptions, { out, err }: Terminal): Promise<ExitCode> {
  const kept = options.head === undefined ? [] : [parseHead(options.head)];
  const store = storeAt(options);
  const query = kept[0] === undefined ? {} : { head: headText(kept[0]) };
  const verdict =
    store === undefined
      ? await verdictFrom(
          (await connectTo(options)).stream<VerificationLine>(`${VERIFICATION}/lines`, { query }),
          err,
        )
      : verifyStore(store, { kept });
  const text = verdictText(verdict, kept.length > 0);
  await out.write(options.json ? `${JSON.stringify({ formatVersion: 1, ...verdict }, null, 2)}\n` : text);
  return verdict.whole ? 0 : 1;
}

/** The server says now and then how far it has come: a log of years takes longer than anybody waits for a silent one. */
async function verdictFrom(lines: AsyncIterable<VerificationLine>, err: Terminal["err"]): Promise<Verdict> {
  let told = 0;
  for await (const line of lines) {
    if (line.kind === "verdict") {
      const { kind: _, ...verdict } = line;
      return verdict;
    }
    if (line.entries > told && process.stderr.isTTY)
      await err.write(`${line.entries} of ${line.of} entries read\n`);
    told = line.entries;
  }
  throw new BulkheadError("server/no-answer", "the server's answer ends with its progress");
}

/** Where a directory is named, its file is read: whoever verifies need not believe the server that wrote it. */
function storeAt({ "data-dir": directory }: AuditOptions): string | undefined {
  if (directory === undefined) return undefined;
  const path = join(directory, "bulkhead.db");
  if (!existsSync(path)) throw new BulkheadError("server/store-unusable", `${path}: there is no such file`);
  return path;
}

function filterOf({ who, about, kind, since, until }: Filters) {
  const now = Date.now();
  return {
    ...{ who, about, kind },
    ...(since !== undefined && { since: parseMoment({ option: "since", text: since, now, end: "begin" }) }),
    ...(until !== undefined && { until: parseMoment({ option: "until", text: until, now, end: "end" }) }),
  };
}

function rowOf({ number, at, who, address, kind, about, facts }: Entry): readonly string[] {
  const told = Object.keys(facts).length === 0 ? "" : JSON.stringify(facts).slice(0, FACTS_CHARACTERS);
  return [String(number), momentText(at), who, address ?? "", kind, about, told];
}

function entryText({ number, at, kind, who, about, facts, credential, address, hash }: Entry): string {
  const by = credential === null ? "" : ` (${credential}, from ${address ?? "nowhere"})`;
  const lines = [
    `${number}  ${new Date(at).toISOString()}  ${kind}`,
    `    by     ${who}${by}`,
    `    about  ${about}`,
    ...Object.entries(facts).map(([fact, value]) => `    ${fact}: ${JSON.stringify(value)}`),
    `    hash   ${hash}`,
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function verdictText({ whole, entries, head, unchained, fault, faults }: Verdict, isKept: boolean): string {
  const end = head === null ? "" : `, up to ${headText(head)}`;
  const older =
    unchained === 0
      ? ""
      : `entries 1 to ${unchained} were there before the log was chained: they are as they were then\n`;
  if (whole) {
    const hint =
      isKept || head === null
        ? ""
        : "that its end was not cut off, and all of it not replaced, shows only a head that was kept elsewhere: --head\n";
    return `whole: ${entries} entries${end}\n${older}${hint}`;
  }
  const places = faults > 1 ? `, the first of ${faults} places` : "";
  return `ALTERED${places}: ${printable(fault?.words ?? "")}\n  found     ${fault?.found}\n  expected  ${fault?.expected}\n`;
}
