/** The audit log: read, taken elsewhere, verified. Nothing here changes it. */

import { z } from "zod";
import { HEAD_TEXT, headStatement, parseHead } from "../audit/head.ts";
import { linesOf, type Route, route } from "../http/route.ts";
import type { EventFilter } from "../store/audit/event-search.ts";
import type { ChainHead, StoredEvent } from "../store/estate/event-store.ts";
import {
  AuditEntry,
  AuditHead,
  AuditPage,
  AuditVerification,
  AuditVerificationLine,
} from "./audit-shapes.ts";
import type { ApiParts } from "./parts.ts";
import { progressLines } from "./progress-lines.ts";

const PATH = "/api/v1/audit";
const MOST_KINDS = 20;

const Filter = z.strictObject({
  who: z.string().max(256).optional(),
  about: z.string().max(1_024).optional(),
  /** Several with commas. */
  kind: z
    .string()
    .regex(/^[a-z0-9-]{1,64}(,[a-z0-9-]{1,64})*$/)
    .refine((text) => text.split(",").length <= MOST_KINDS, `at most ${MOST_KINDS} kinds`)
    .optional(),
  since: z.coerce.number().int().min(0).optional(),
  until: z.coerce.number().int().min(0).optional(),
});

const Kept = z.strictObject({ head: z.string().regex(HEAD_TEXT).optional() });

export function auditRoutes({ audit, authority }: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: PATH,
      role: "viewer",
      summary: "Everything that anyone did, the newest first, a page at a time",
      query: Filter.extend({
        before: z.coerce.number().int().positive().optional(),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
      answer: AuditPage,
      handler: (_context, { query: { before, limit, ...filter } }) => {
        const found = audit.latest(filterOf(filter), { most: limit, ...(before && { before }) });
        return {
          entries: found.map(entryView),
          before: (found.length === limit && found.at(-1)?.id) || null,
        };
      },
    }),
    route({
      method: "GET",
      path: `${PATH}/export`,
      role: "viewer",
      summary: "The same, the oldest first and all of it, a line each",
      query: Filter,
      answer: linesOf(AuditEntry),
      handler: (_context, { query }) => audit.all(filterOf(query)).map(entryView),
    }),
    route({
      method: "GET",
      path: `${PATH}/entries/:number`,
      role: "viewer",
      summary: "One entry",
      params: z.strictObject({ number: z.coerce.number().int().positive() }),
      answer: AuditEntry,
      handler: (_context, { params }) => entryView(audit.entry(params.number)),
    }),
    route({
      method: "GET",
      path: `${PATH}/head`,
      role: "viewer",
      summary: "The last entry's number and hash, to be kept elsewhere; signed by the authority",
      answer: AuditHead,
      handler: () => {
        const { id, at } = audit.entry(audit.head()?.number ?? 0);
        const head = { number: id, hash: audit.entry(id).hash };
        const statement = headStatement(head);
        const { fingerprint } = authority;
        return { ...head, at, fingerprint, statement, signature: authority.attest(statement) };
      },
    }),
    route({
      method: "GET",
      path: `${PATH}/verification`,
      role: "viewer",
      summary:
        "Whether the log is whole, and what was kept of it elsewhere is still in it; names the first place that is wrong",
      query: Kept,
      answer: AuditVerification,
      handler: ({ signal }, { query: { head } }) => audit.verify(keptOf(head), { signal }),
    }),
    route({
      method: "GET",
      path: `${PATH}/verification/lines`,
      role: "viewer",
      summary: "The same with lines of progress before it, for a log that takes long to read",
      query: Kept,
      answer: linesOf(AuditVerificationLine),
      handler: ({ signal }, { query: { head } }) =>
        progressLines(async (tell: (line: AuditVerificationLine) => void): Promise<AuditVerificationLine> => {
          const of = audit.head()?.number ?? 0;
          const progress = (entries: number) => tell({ kind: "progress", entries, of });
          return { kind: "verdict", ...(await audit.verify(keptOf(head), { signal, progress })) };
        }),
    }),
  ];
}

function keptOf(head: string | undefined): readonly ChainHead[] {
  return head === undefined ? [] : [parseHead(head)];
}

function filterOf({ kind, ...filter }: z.output<typeof Filter>): EventFilter {
  return { ...filter, kinds: kind?.split(",") };
}

function entryView({ id, facts, ...event }: StoredEvent): z.input<typeof AuditEntry> {
  return { number: id, ...event, facts: { ...facts } };
}
