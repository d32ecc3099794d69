import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { parseSeconds } from "./labels.ts";
import { columnsText, momentText } from "./words.ts";

type Filters = Readonly<
  Record<"from" | "to" | "peer" | "segment" | "host" | "unit" | "service" | "verdict", string | undefined>
>;

export interface FlowsOptions extends ConnectionOptions, Filters {
  readonly since: string;
  readonly denied: boolean;
  readonly unconfirmed: boolean;
  readonly limit: number;
}

interface End {
  readonly address: string;
  readonly host?: string;
  readonly unit?: string;
}

interface Judged {
  readonly host: string;
  readonly verdict: string;
  readonly rule: { readonly name: string; readonly file: string; readonly line: number } | null;
}

export interface FlowView {
  readonly start: number;
  readonly end: number;
  readonly source: End;
  readonly destination: End;
  readonly service: string;
  readonly verdict: string;
  readonly connections: number;
  readonly packets: number;
  readonly bytes: number;
  readonly egress: Judged | null;
  readonly ingress: Judged | null;
  readonly unconfirmed: boolean;
}

export async function showFlows(options: FlowsOptions, { out, err }: Terminal): Promise<ExitCode> {
  const { from, to, peer, segment, host, unit, service, verdict, denied, unconfirmed, limit } = options;
  if (denied && verdict !== undefined)
    throw new BulkheadError("command/wrong-usage", "--denied and --verdict exclude each other");
  const client = await connectTo(options);
  const since = Date.now() - parseSeconds("since", options.since) * 1000;
  const { flows, next } = await client.get<{ flows: FlowView[]; next: string | null }>("/api/v1/flows", {
    since,
    from,
    to,
    peer,
    segment,
    host,
    unit,
    service,
    verdict: denied ? "deny,would-deny" : verdict,
    unconfirmed: unconfirmed || undefined,
    limit,
  });
  if (options.json) {
    await out.write(flows.map((flow) => `${JSON.stringify(lineOf(flow))}\n`).join(""));
    return 0;
  }
  await out.write(
    flows.length === 0 ? "nothing like this was reported in this time\n" : flowsText(flows, out.paint),
  );
  if (next !== null) await err.write(`only the latest ${limit} are shown; --limit shows more\n`);
  return 0;
}

/** Moments as ISO 8601, as the agent's own `flows --json` has them. */
function lineOf(flow: FlowView): object {
  return { ...flow, start: new Date(flow.start).toISOString(), end: new Date(flow.end).toISOString() };
}

export function flowsText(flows: readonly FlowView[], paint: Paint): string {
  const rows = flows.map((flow) => [
    momentText(flow.end),
    flow.verdict,
    endText(flow.source),
    endText(flow.destination),
    flow.service,
    String(flow.connections),
    whyText(flow),
  ]);
  const text = columnsText(["last seen", "verdict", "from", "to", "service", "conns", "by"], rows);
  return text
    .split("\n")
    .map((line) => (/\s(deny|would-deny)\s/.test(line) ? paint("bad", line) : line))
    .join("\n");
}

function endText({ host, address, unit }: End): string {
  return `${host ?? address}${unit === undefined ? "" : `/${unit}`}`;
}

/** The judgement that decided: the one that denies, else what both ends say. */
function whyText({ egress, ingress, unconfirmed }: FlowView): string {
  const words = [egress, ingress]
    .flatMap((judged) => judged ?? [])
    .map(
      ({ host, verdict, rule }) =>
        `${host}: ${rule === null ? `${verdict} by default` : `${rule.name} (${rule.file}:${rule.line})`}`,
    );
  return `${[...new Set(words)].join("; ")}${unconfirmed ? " (unconfirmed)" : ""}`;
}
