import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { parseLabels } from "./labels.ts";
import { columnsText, labelsText, momentText } from "./words.ts";

/** As the API tells it; see server/api/shapes.ts. */
export interface HostView {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly addresses: readonly string[];
  readonly segments: readonly string[];
  readonly connected: boolean;
  readonly seenAt: number | null;
  readonly leaseEndsAt: number | null;
  readonly lapsedAt: number | null;
  readonly isolated: readonly string[] | null;
  readonly sync: { readonly state: string; readonly why?: string };
  readonly version: number | null;
  readonly follows: number | null;
  readonly modes: { readonly ingress: string; readonly egress: string } | null;
  readonly since: number | null;
}

export interface HostsOptions extends ConnectionOptions {
  readonly revoked: boolean;
}

/** 1 where any host does not enforce what it should. */
export async function listHosts(options: HostsOptions, { out }: Terminal): Promise<ExitCode> {
  const client = await connectTo(options);
  const hosts = await client.get<HostView[]>("/api/v1/hosts", { revoked: options.revoked || undefined });
  const standing = await client.get<Standing>("/api/v1/standing");
  if (options.json)
    await out.write(`${JSON.stringify({ formatVersion: 1, hosts, broken: standing.broken }, null, 2)}\n`);
  else await out.write(`${hostsText(hosts)}${standingText(standing, out.paint)}`);
  return hosts.every(({ sync }) => sync.state === "in-sync" || sync.state === "revoked") ? 0 : 1;
}

function hostsText(hosts: readonly HostView[]): string {
  if (hosts.length === 0)
    return "no host has joined; `bulkhead token create --addresses BLOCK` makes a token by which one can\n";
  const rows = hosts.map((host) => [
    host.name,
    host.sync.state,
    versionText(host),
    host.modes === null ? "-" : `${host.modes.ingress}/${host.modes.egress}`,
    linkText(host),
    host.addresses.join(","),
    labelsText(host.labels),
    host.sync.why ?? "",
  ]);
  return columnsText(["host", "sync", "policy", "in/out", "link", "addresses", "labels", ""], rows);
}

/** `11`; `11 -> 12` where it is to follow another one than it has said to enforce. */
function versionText({ version, follows, sync }: HostView): string {
  const has = version === null || version === 0 ? "-" : String(version);
  const isOther = follows !== null && follows !== version && sync.state !== "in-sync";
  return isOther && sync.state !== "isolated" ? `${has} -> ${follows}` : has;
}

/** As the API tells it; see server/api/standing-shapes.ts. */
interface Standing {
  readonly version: number | null;
  readonly broken: readonly {
    readonly what: string;
    readonly about: string;
    readonly sentence: string;
    readonly causes: readonly { readonly words: string; readonly at: number }[];
  }[];
}

/** So many are shown; `alerts` has more. */
const MOST_BROKEN = 20;

/** Nothing where all that the active policy says of itself holds on these hosts. */
function standingText({ version, broken }: Standing, paint: Paint): string {
  const lines = broken.slice(0, MOST_BROKEN).map(({ what, about, sentence, causes }) => {
    const because = causes.map(({ words, at }) => `    ${momentText(at)}  ${printable(words)}\n`);
    return `${paint("bad", `${what} of version ${version} fails`)}: ${printable(`${about}: ${sentence}`)}\n${because.join("")}`;
  });
  const more = broken.length > MOST_BROKEN ? `and ${broken.length - MOST_BROKEN} more\n` : "";
  return lines.length === 0 ? "" : `\n${lines.join("")}${more}`;
}

export interface HostOptions extends ConnectionOptions {
  readonly action: "show" | "label" | "revoke" | "isolate" | "release";
  readonly name: string;
  readonly labels: string | undefined;
  readonly allow: readonly string[];
}

export async function workOnHost(options: HostOptions, { out }: Terminal): Promise<ExitCode> {
  const { action, name, labels, allow, json } = options;
  const client = await connectTo(options);
  const path = `/api/v1/hosts/${encodeURIComponent(name)}`;
  const done = async (): Promise<HostView> => {
    switch (action) {
      case "show":
        return client.get(path);
      case "label":
        if (labels === undefined)
          throw new BulkheadError("command/wrong-usage", "`host label` needs --labels LABEL=VALUE,…");
        return client.send("PUT", `${path}/labels`, { labels: parseLabels(labels) });
      case "revoke":
        return client.post(`${path}/revoke`);
      case "isolate":
        return client.post(`${path}/isolate`, { management: [...allow] });
      case "release":
        return client.post(`${path}/release`);
    }
  };
  const host = await done();
  if (json) await out.write(`${JSON.stringify({ formatVersion: 1, ...host }, null, 2)}\n`);
  else await out.write(action === "show" ? hostText(host, out.paint) : `${WORDS[action](host)}\n`);
  return 0;
}

function linkText({ connected, seenAt, leaseEndsAt, lapsedAt }: HostView): string {
  if (connected) return "connected";
  const seen = `last seen ${momentText(seenAt)}`;
  if (lapsedAt !== null) return `${seen}; out of all groups since ${momentText(lapsedAt)}`;
  return leaseEndsAt === null ? seen : `${seen}; in its groups until ${momentText(leaseEndsAt)}`;
}

const WORDS = {
  label: (host: HostView) => `${host.name} is labelled ${labelsText(host.labels)}`,
  revoke: (host: HostView) =>
    `${host.name} is revoked: its certificate is refused, and its addresses have left all groups`,
  isolate: (host: HostView) =>
    `${host.name} is cut off from all but the server${host.isolated?.length ? ` and ${host.isolated.join(", ")}` : ""}; \`bulkhead host release ${host.name}\` ends it`,
  release: (host: HostView) => `${host.name} follows the policy again`,
} as const;

function hostText(host: HostView, paint: Paint): string {
  const { sync, state, inventory } = host as HostView & {
    readonly state: {
      readonly kernel: string;
      readonly enforcement: string;
      readonly tamperings: number;
    } | null;
    readonly inventory: {
      readonly distribution: string;
      readonly release: string;
      readonly kernel: string;
      readonly listening: readonly {
        readonly service: string;
        readonly address: string;
        readonly unit?: string;
      }[];
    } | null;
  };
  const good = sync.state === "in-sync";
  const lines: (readonly [string, string])[] = [
    [
      "sync",
      `${paint(good ? "good" : "bad", sync.state)}${sync.why === undefined ? "" : `: ${printable(sync.why)}`}`,
    ],
    ["policy", host.version ? `version ${host.version}, since ${momentText(host.since)}` : "none"],
    ["labels", labelsText(host.labels)],
    ["segments", host.segments.join(", ") || "none"],
    ["addresses", host.addresses.join(", ") || "none"],
    ["link", linkText(host)],
  ];
  if (state !== null)
    lines.push([
      "kernel",
      `${state.kernel}, ${state.enforcement}; changed by others ${state.tamperings} times`,
    ]);
  if (inventory !== null) {
    lines.push([
      "system",
      printable(`${inventory.distribution} ${inventory.release}, Linux ${inventory.kernel}`),
    ]);
    for (const { service, address, unit } of inventory.listening)
      lines.push([
        "listens",
        printable(`${service} on ${address || "any"}${unit === undefined ? "" : `, ${unit}`}`),
      ]);
  }
  return `${host.name}\n${lines.map(([what, words]) => `  ${what.padEnd(10)} ${words}\n`).join("")}`;
}
