/** Evidence as a page to be printed: one file, without scripts, and with nothing from elsewhere. */

import { createHash } from "node:crypto";
import type { Evidence, EvidenceEntry, EvidenceFlow, EvidenceMember, EvidencePolicy } from "./evidence.ts";
import { html, type Markup } from "./markup.ts";

const STYLE = `
body { font: 10pt/1.4 system-ui, sans-serif; color: #111; background: #fff; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 18pt; margin-bottom: 0; } h2 { font-size: 13pt; margin-top: 2rem; border-bottom: 1px solid #888; } h3 { font-size: 11pt; }
table { border-collapse: collapse; width: 100%; font-size: 8.5pt; } caption { text-align: left; color: #444; padding: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .15rem .5rem .15rem 0; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
th { border-bottom: 1px solid #888; } thead { display: table-header-group; } tr { break-inside: avoid; }
code { font: 8.5pt ui-monospace, monospace; overflow-wrap: anywhere; } .number { text-align: right; }
.warning { border-left: .3rem solid #a40; padding-left: .7rem; } dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dd { margin: 0; }
@page { margin: 15mm; } @media print { body { margin: 0; max-width: none; padding: 0; } h2, h3 { break-after: avoid; } }
`;

/** Of the page: it may have its own style and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'`;

export function evidencePage(evidence: Evidence): string {
  const { segment, from, to, madeAt, policies, members, flows, alarms, actions } = evidence;
  const title = `Evidence: segment ${segment}, ${moment(from)} to ${moment(to)}`;
  const style: Markup = { markup: STYLE };
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}">
<title>${title}</title><style>${style}</style></head><body>
<h1>Segment ${segment}</h1>
<p>${moment(from)} to ${moment(to)} (UTC). Made ${moment(madeAt)} by Bulkhead ${evidence.server.version}, authority <code>${evidence.server.authority}</code>.</p>
${integrity(evidence)}${gaps(evidence)}
<h2>Policies in force</h2>${policies.map(policy)}
<h2>Members and what their kernels held</h2>${members.length === 0 ? html`<p>No host was a member.</p>` : memberTable(members)}${members.map(reports)}
<h2>Denied and would be denied</h2>${flowTable(flows.filter(({ verdict }) => verdict !== "allow"))}
<h2>Allowed</h2>${flowTable(flows.filter(({ verdict }) => verdict === "allow"))}
<h2>Tampering and alerts</h2>${entryTable(alarms)}
<h2>Who did what</h2>${entryTable(actions)}
</body></html>
`;
  return page.markup;
}

function integrity({ audit, digest, signature }: Evidence): Markup {
  const fault = audit.fault;
  return html`<h2>Integrity</h2>
${audit.whole ? "" : html`<p class="warning"><strong>The audit log was altered:</strong> ${fault?.words ?? ""}</p>`}
<dl><dt>Audit log</dt><dd>${audit.whole ? "whole" : "altered"}, ${audit.entries} entries, last <code>${audit.head}</code></dd>
<dt>Digest of this evidence</dt><dd><code>${digest}</code></dd><dt>Signed by</dt><dd><code>${signature.fingerprint}</code></dd>
<dt>Signature</dt><dd><code>${signature.signature}</code></dd></dl>`;
}

function gaps({ gaps }: Evidence): Markup {
  const rows = gaps.map(({ what, about, from, to, words }) => [what, about, moment(from), moment(to), words]);
  const none = html`<p>No gap is known.</p>`;
  return html`<h2>Gaps in the record</h2>${rows.length === 0 ? none : table(["what", "of", "from", "to", ""], rows)}`;
}

function policy(one: EvidencePolicy): Markup {
  const { segment, rules, approvals, digestHolds } = one;
  const rows = rules.map(({ action, services, from, to, same, name, place, expires, note }) => [
    ...[action, services.join(", "), from.join(", "), to.join(", ")],
    ...[same.join(", "), name, place, expires === null ? "" : moment(expires), note ?? ""],
  ]);
  return html`<h3>Version ${one.version}, ${moment(one.from)} to ${moment(one.to)}</h3>
<dl><dt>Made by</dt><dd>${one.author}, ${moment(one.pushedAt)}: ${one.message}</dd>
<dt>Approved by</dt><dd>${approvals.length === 0 ? "nobody" : approvals.map(({ by, at, note }) => `${by}, ${moment(at)} ${note}`).join("; ")}</dd>
<dt>Put in force by</dt><dd>${one.activatedBy} (${one.kind}, revision ${one.revision})</dd>
<dt>Files</dt><dd>SHA-256 <code>${one.digest}</code>${digestHolds ? "" : html` <strong>which the files that are kept do not have</strong>`}</dd>
<dt>The segment</dt><dd>${segment === null ? "not in this version" : `${segment.kind}: ${segment.is} (${segment.place}) ${segment.mode}`}</dd></dl>
${rows.length === 0 ? "" : table(["action", "services", "from", "to", "same", "rule", "place", "expires", "note"], rows)}`;
}

function memberTable(members: readonly EvidenceMember[]): Markup {
  const rows = members.map(({ host, managed, periods, addresses, heldMilliseconds, memberMilliseconds }) => [
    ...[
      host,
      managed ? "" : "no agent",
      periods.map(({ from, to }) => `${moment(from)} to ${moment(to)}`).join("; "),
    ],
    ...[addresses.join(", "), share(heldMilliseconds, memberMilliseconds)],
  ]);
  return table(["host", "", "member", "addresses", "kernel known to hold what it should"], rows);
}

function reports({ host, reports }: EvidenceMember): Markup {
  if (reports.length === 0) return html``;
  const rows = reports.map(({ at, connected, version, enforcement, kernel, digest, expected, modes }) => [
    ...[moment(at), connected ? "yes" : "no", version ?? "", enforcement ?? "", kernel ?? ""],
    ...[
      modes === null ? "" : `${modes.ingress}/${modes.egress}`,
      digest ?? "",
      digest === expected ? "as expected" : (expected ?? ""),
    ],
  ]);
  const headings = [
    "from",
    "connected",
    "version",
    "enforcement",
    "kernel",
    "in/out",
    "digest read back",
    "digest expected",
  ];
  return html`<h3>${host}</h3>${table(headings, rows)}`;
}

function flowTable(flows: readonly EvidenceFlow[]): Markup {
  if (flows.length === 0) return html`<p>None was recorded.</p>`;
  const rows = flows.map((flow) => [
    ...[flow.direction, flow.peer, flow.service, flow.verdict, flow.rule ?? "default"],
    ...[flow.connections, flow.packets, flow.bytes, moment(flow.first), moment(flow.last)],
    ...[
      `${flow.peers}: ${flow.examples.join(", ")}`,
      flow.unconfirmed === 0 ? "" : `${flow.unconfirmed} of ${flow.flows}`,
    ],
  ]);
  const counts = ["connections", "packets", "bytes", "first", "last", "addresses", "unconfirmed"];
  return table(["", "peer", "service", "verdict", "rule", ...counts], rows);
}

function entryTable(entries: readonly EvidenceEntry[]): Markup {
  if (entries.length === 0) return html`<p>None.</p>`;
  const rows = entries.map(({ number, at, who, credential, address, kind, about, facts }) => [
    ...[number, moment(at), who, [credential, address].filter(Boolean).join(", "), kind, about],
    Object.keys(facts).length === 0 ? "" : JSON.stringify(facts),
  ]);
  return table(["entry", "when", "who", "by, from", "what", "about", "facts"], rows);
}

function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): Markup {
  const head = headings.map((heading) => html`<th scope="col">${heading}</th>`);
  const body = rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td${number(cell)}>${cell}</td>`)}</tr>\n`,
  );
  return html`<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function number(cell: string | number): Markup {
  return typeof cell === "number" ? html` class="number"` : html``;
}

function share(part: number, all: number): string {
  return all === 0 ? "" : `${((100 * part) / all).toFixed(2)} % of ${(all / 3_600_000).toFixed(1)} h`;
}

/** `2026-11-30 18:00:00`, UTC. */
function moment(at: number): string {
  return Math.abs(at) > 8.64e15 ? String(at) : new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
