/**
 * `packets.txt`: one flow a line with what becomes of it, like a firewall's log.
 *
 *   web-1 -> db-1 tcp/5432                 allow   egress allow by orders     ingress allow by orders
 *   web-1(shop-api.service, user shop) -> db-1(postgresql.service) tcp/5432    …
 *   db-1[10.0.1.21] -> 198.51.100.7 udp/53     …       (one of a host's addresses)
 *   a:68 -> 10.0.0.254 udp/67                  …       (from this source port)
 *
 * The flow is what its author wrote; all after it is written by UPDATE_GOLDEN=1 and held by the tests. Lines that begin with # are remarks.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseServiceExpression } from "@bulkhead/shared/net/service.ts";
import type { Evaluation } from "@bulkhead/shared/rules/evaluate.ts";
import type { Judgement } from "@bulkhead/shared/rules/judgement.ts";

export interface FlowEnd {
  /** A host's name, an address or a DNS name. */
  readonly name: string;
  /** The one of the host's addresses that is meant. */
  readonly address?: string;
  readonly unit?: string;
  readonly user?: string;
  readonly port?: number;
}

export interface FlowText {
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  readonly service: string;
  readonly protocol: number;
  /** Port, ICMP type * 256, or 0. */
  readonly number: number;
}

export interface PacketLine {
  /** A remark or an empty line, kept as it is; else the flow as its author wrote it. */
  readonly text: string;
  readonly flow?: FlowText;
}

/** The lines of a story's `packets.txt`; none where there is no such file. */
export function packetLines(folder: string): PacketLine[] {
  const path = join(folder, "packets.txt");
  return existsSync(path) ? parsePackets(readFileSync(path, "utf8")) : [];
}

function parsePackets(text: string): PacketLine[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.map((line) => {
    if (line === "" || line.startsWith("#")) return { text: line };
    const [flow = ""] = line.split(/ {2,}/);
    return { text: flow, flow: parseFlow(flow) };
  });
}

/** The whole file, with the outcome of each flow in columns. */
export function formatPackets(
  lines: readonly PacketLine[],
  results: ReadonlyMap<PacketLine, Evaluation>,
): string {
  const rows = lines.map((line) => {
    const result = results.get(line);
    return result === undefined ? [line.text] : [line.text, ...outcomeText(result)];
  });
  const widths = [0, 1, 2].map((at) =>
    Math.max(...rows.map((row) => (row.length > 1 ? (row[at] ?? "").length : 0))),
  );
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => (row.length > 1 ? cell.padEnd(widths[at] ?? 0) : cell))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

export function outcomeText({ verdict, egress, ingress }: Evaluation): string[] {
  return [verdict, `egress ${judgementText(egress)}`, `ingress ${judgementText(ingress)}`];
}

function judgementText(judgement: Judgement | null): string {
  if (judgement === null) return "-";
  const { verdict, rule, mode } = judgement;
  if (rule) return `${verdict} by ${rule.name}`;
  if (verdict !== "allow") return `${verdict} by default`;
  return mode === "off" ? "allow (off)" : "allow (never judged)";
}

const HOST_END = /^([^\s([]+?)(?:\[([^\]]+)\])?(?:\(([^)]+)\))?(?::(\d+))?$/;
const BRACKETED_END = /^\[([^\]]+)\]()()(?::(\d+))?$/;
const SIX = /^[0-9a-f]*:[0-9a-f:.]*$/i;

function parseFlow(text: string): FlowText {
  const match = /^(.+) -> (.+) (\S+)$/.exec(text);
  if (!match) throw new Error(`not a flow: ${text}`);
  const [, from = "", to = "", service = ""] = match;
  const parsed = parseServiceExpression(service);
  if (parsed === "all" || "problem" in parsed) throw new Error(`not the service of one packet: ${service}`);
  const [term] = parsed;
  if (term === undefined) throw new Error(`no service: ${service}`);
  return { from: parseEnd(from), to: parseEnd(to), service, protocol: term.protocol, number: term.low };
}

/** An IPv6 address has colons of its own: with a port it stands in brackets. */
function parseEnd(text: string): FlowEnd {
  if (SIX.test(text)) return { name: text };
  const match = BRACKETED_END.exec(text) ?? HOST_END.exec(text);
  if (!match) throw new Error(`not an end of a flow: ${text}`);
  const [, name = "", address, process, port] = match;
  return {
    name,
    ...(address ? { address } : {}),
    ...(process ? parseProcess(process) : {}),
    ...(port ? { port: Number(port) } : {}),
  };
}

/** `shop-api.service`, `user shop`, or both with a comma between. */
function parseProcess(text: string): Pick<FlowEnd, "unit" | "user"> {
  const parts = text.split(", ");
  const user = parts.find((part) => part.startsWith("user "))?.slice("user ".length);
  const unit = parts.find((part) => !part.startsWith("user "));
  return { ...(unit === undefined ? {} : { unit }), ...(user === undefined ? {} : { user }) };
}
