/** What came with a request, checked against the route's schemas. */

import type { z } from "zod";
import { RequestError } from "./request-error.ts";
import type { Route } from "./route.ts";

type Part = "params" | "query" | "body";

const MOST_ISSUES = 5;
const LONGEST_MESSAGE = 1_000;

/** Params, query and body as the schemas make them; what a route does not declare must not be there. Throws `server/invalid-request`. */
export function readGiven(route: Route, request: Readonly<Record<Part, unknown>>): Record<Part, unknown> {
  return {
    params: readPart(route, request, "params"),
    query: readPart(route, request, "query"),
    body: readPart(route, request, "body"),
  };
}

function readPart(route: Route, request: Readonly<Record<Part, unknown>>, part: Part): unknown {
  const schema = route[part];
  const given = request[part];
  if (schema === undefined) {
    if (isNothing(given)) return undefined;
    throw new RequestError("server/invalid-request", `${part}: nothing is expected here`, part);
  }
  const result = schema.safeParse(given ?? (part === "body" ? undefined : {}));
  if (result.success) return result.data;
  throw refused(part, result.error.issues);
}

function isNothing(given: unknown): boolean {
  return (
    given === undefined || given === null || (typeof given === "object" && Object.keys(given).length === 0)
  );
}

/** The first few of what is wrong: a body of megabytes can be wrong in a million ways. */
function refused(part: Part, issues: readonly z.core.$ZodIssue[]): RequestError {
  const said = issues.slice(0, MOST_ISSUES).map((issue) => `${placeOf(part, issue)}: ${issue.message}`);
  const more = issues.length > MOST_ISSUES ? [`and ${issues.length - MOST_ISSUES} more`] : [];
  const message = [...said, ...more].join("; ").slice(0, LONGEST_MESSAGE);
  const [first] = issues;
  return new RequestError("server/invalid-request", message, first ? placeOf(part, first) : part);
}

function placeOf(part: Part, { path }: z.core.$ZodIssue): string {
  return [part, ...path.map(String)].join("/").slice(0, LONGEST_MESSAGE / 2);
}
