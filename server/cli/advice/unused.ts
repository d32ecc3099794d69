/** `unused`: what of the policy nothing has used, asked of the server. */

import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "../centre/connection.ts";
import { parseSeconds } from "../centre/labels.ts";
import { momentText } from "../centre/words.ts";
import { lastLine } from "../plan/progress.ts";

export interface UnusedOptions extends ConnectionOptions {
  readonly since: string;
}

type Known =
  | { readonly kind: "unused"; readonly since: number; readonly why: string }
  | { readonly kind: "not-known" | "not-named"; readonly why: string };

interface Noun {
  readonly name: string;
  readonly place: { readonly file: string; readonly line: number };
  readonly known: Known;
}

export interface UnusedAnswer {
  readonly kind: "unused";
  readonly active: number;
  readonly flows: { readonly since: number; readonly until: number; readonly records: number };
  readonly unused: {
    readonly rules: readonly (Noun & { readonly action: string })[];
    readonly segments: readonly Noun[];
    readonly members: readonly { readonly segment: string; readonly member: string; readonly known: Known }[];
    readonly moreMembers: number;
    readonly services: readonly (Noun & { readonly parts: readonly string[] })[];
    readonly used: { readonly rules: number; readonly ofRules: number };
  };
}

/** 1 where something is unused, as far as that is known. */
export async function unused(options: UnusedOptions, terminal: Terminal): Promise<ExitCode> {
  const since = Date.now() - parseSeconds("since", options.since) * 1000;
  const client = await connectTo(options);
  const lines = client.stream<UnusedAnswer>("/api/v1/unused", { query: { since } });
  const answer = await lastLine(lines, terminal);
  const { kind: _, ...facts } = answer;
  await terminal.out.write(
    options.json ? `${JSON.stringify({ formatVersion: 1, ...facts }, null, 2)}\n` : unusedText(answer),
  );
  const { rules, segments, members, services } = answer.unused;
  const found = [...rules, ...segments, ...members, ...services];
  return found.some(({ known }) => known.kind !== "not-known") ? 1 : 0;
}

export function unusedText({ active, flows, unused: found }: UnusedAnswer): string {
  const { rules, segments, members, moreMembers, services, used } = found;
  const head = `version ${active}, looked at since ${momentText(flows.since)}: ${used.rules} of ${used.ofRules} rules were used (${flows.records} records)\n`;
  const sections = [
    section(
      "rules",
      rules.map((rule) => [`${rule.action} ${placed(rule)}`, rule.known]),
    ),
    section(
      "segments",
      segments.map((segment) => [placed(segment), segment.known]),
    ),
    section(
      "members of segments that are used",
      members.map(({ segment, member, known }) => [printable(`${member} in ${segment}`), known]),
      moreMembers,
    ),
    section(
      "services",
      services.map((service) => [serviceText(service), service.known]),
    ),
  ].join("");
  return `${head}${sections === "" ? "nothing of it is unused\n" : sections}`;
}

function section(title: string, lines: readonly (readonly [string, Known])[], more = 0): string {
  if (lines.length === 0) return "";
  const all = lines.map(([what, known]) => `  ${what}: ${knownText(known)}\n`).join("");
  return `${title}:\n${all}${more > 0 ? `  and ${more} more\n` : ""}`;
}

function knownText(known: Known): string {
  switch (known.kind) {
    case "unused":
      return `nothing used it since ${momentText(known.since)} (${printable(known.why)})`;
    case "not-known":
      return `nothing was recorded, and not known: ${printable(known.why)}`;
    case "not-named":
      return printable(known.why);
  }
}

function placed({ name, place: { file, line } }: Noun): string {
  const place = `${file}:${line}`;
  return printable(name === place ? name : `${name} (${place})`);
}

function serviceText(service: Noun & { readonly parts: readonly string[] }): string {
  return service.parts.length === 0
    ? placed(service)
    : `${placed(service)}, of it ${service.parts.join(", ")}`;
}
