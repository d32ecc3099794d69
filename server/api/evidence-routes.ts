/** Evidence for auditors: of one segment and a time, as JSON and as a page to be printed. */

import { z } from "zod";
import { Evidence } from "../audit/evidence/evidence.ts";
import { evidencePage, PAGE_POLICY } from "../audit/evidence/page.ts";
import { type Context, type Route, route } from "../http/route.ts";
import type { ApiParts } from "./parts.ts";
import { Name } from "./shapes.ts";

const PATH = "/api/v1/evidence";

const Asked = z
  .strictObject({
    segment: Name,
    from: z.coerce.number().int().min(0),
    to: z.coerce.number().int().min(0),
  })
  .refine(({ from, to }) => from < to, "the time has to end after it begins");

export function evidenceRoutes(parts: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: PATH,
      role: "viewer",
      summary:
        "Evidence of a segment and a time: policies in force, members, what their kernels held, flows, alarms, who did what, and the gaps in the record",
      query: Asked,
      answer: Evidence,
      handler: (context, { query }) => evidenceOf(parts, context, query),
    }),
    route({
      method: "GET",
      path: `${PATH}/page`,
      role: "viewer",
      summary: "The same as a page to be printed, which needs nothing from elsewhere",
      query: Asked,
      answer: { kind: "text", mediaType: "text/html; charset=utf-8", contentSecurityPolicy: PAGE_POLICY },
      handler: async (context, { query }) => evidencePage(await evidenceOf(parts, context, query)),
    }),
  ];
}

async function evidenceOf(
  { audit, authority, reports, flowsPath, settings, version, now }: ApiParts,
  { signal }: Context,
  asked: z.output<typeof Asked>,
): Promise<Evidence> {
  const { fingerprint } = authority;
  // It is read from the files, by another thread.
  reports.flush();
  const ages = { coarse: settings.all().flowsCoarseSeconds };
  const server = { version, authority: fingerprint };
  const collected = await audit.evidence({ ...asked, flowsPath, now: now(), ages, server }, signal);
  const statement = `bulkhead evidence 1\n${collected.digest}\n` as const;
  return { ...collected, signature: { fingerprint, statement, signature: authority.attest(statement) } };
}
