/** Every path of the API, and who may ask it. */

import { code, page, table } from "./page.ts";

/** As far as it is read here. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly summary: string;
  readonly "x-bulkhead-role": string;
}

export function apiPage({ paths }: Description): string {
  const rows = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { summary, "x-bulkhead-role": role }]) => [
      code(`${method.toUpperCase()} ${path}`),
      role,
      summary,
    ]),
  );
  return page(
    "The API",
    "`https://SERVER:8443/api/v1/openapi.json` has all of it, with the shapes of questions and answers, generated from the schemas that validate them. A program shows its API token as `Authorization: Bearer TOKEN` " +
      "(`bulkhead api-token create NAME --role viewer`). Who has a role may do what the roles before it may: viewer, editor, approver, administrator.",
    "Errors are JSON with a code of [errors.md](../errors.md), what happened, what to do, and where in the question: `{ error: { code, message, remedy, place } }`.",
    table(
      ["path", "who", "what it does"],
      rows.toSorted(([a = ""], [b = ""]) => compare(a, b)),
    ),
  );
}

function compare(a: string, b: string): number {
  const key = (text: string) => text.replace(/^`\S+ /, "");
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a < b ? -1 : 1;
}
