/** What accounts may be called. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

/** The account of the link that `bulkhead serve` prints. */
export const FIRST_ACCOUNT = "administrator";

export const LONGEST_NAME = 64;
const NAME = /^[a-z0-9]([a-z0-9._@-]{0,62}[a-z0-9])?$/;

/** Those by which the history names what is no account. */
const RESERVED: ReadonlySet<string> = new Set(["local", "server", "anyone"]);

/** What the history would take for somebody else: `local`, `server`, `host web-1`. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name) || name.startsWith("host ");
}

/** Throws `server/invalid-request`. */
export function assertAccountName(name: string): void {
  if (!NAME.test(name))
    throw new BulkheadError(
      "server/invalid-request",
      `'${name.slice(0, LONGEST_NAME)}' is no account's name: small letters, digits and . _ @ - between them, at most ${LONGEST_NAME}`,
    );
  if (RESERVED.has(name))
    throw new BulkheadError("server/invalid-request", `no account is called '${name}': the history uses it`);
}

/** A name for somebody whom another service calls so; undefined where nothing of it can be used. */
export function accountNameFrom(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9._@-]+/g, "-")
    .slice(0, LONGEST_NAME)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
  return NAME.test(name) && !RESERVED.has(name) ? name : undefined;
}
