/** What went wrong on the way to the server, or was refused there, as errors with a code and a remedy. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { catalogue, type ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";
import { nameOf, type Target } from "./target.ts";

/** OpenSSL's and Node's words for a certificate that the pinned authority did not make, or not for this name or time. */
const UNTRUSTED =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO_|INVALID_CA|INVALID_PURPOSE|ERR_TLS_CERT_ALTNAME)/;

/** No answer has begun. `name`: the server as it was named. */
export function unreached(name: string, error: NodeJS.ErrnoException): BulkheadError {
  const options = { cause: error };
  const code = error.code ?? "";
  if (UNTRUSTED.test(code))
    return new BulkheadError("server/false-server", `${name}: ${error.message}`, options);
  if (code === "EACCES" || code === "EPERM")
    return new BulkheadError("server/no-permission", `${name} may not be opened`, options);
  if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTSOCK")
    return new BulkheadError("server/unreachable", `nobody listens on ${name}`, options);
  return new BulkheadError("server/unreachable", `${name}: ${error.message}`, options);
}

/** The server's own words, with its code where it is one that we know. */
export function refused(target: Target, text: string): BulkheadError {
  const { code, message, remedy } = told(text);
  if (code !== undefined && Object.hasOwn(catalogue, code) && message !== undefined)
    return new BulkheadError(code as ErrorCode, message, remedy === undefined ? {} : { remedy });
  return new BulkheadError(
    "server/no-answer",
    `${nameOf(target)} said: ${message ?? "nothing that could be understood"}`,
    remedy === undefined ? {} : { remedy },
  );
}

interface Told {
  readonly code?: string;
  readonly message?: string;
  readonly remedy?: string;
}

function told(text: string): Told {
  try {
    const error: unknown = (JSON.parse(text) as { error?: unknown } | null)?.error;
    if (typeof error !== "object" || error === null) return {};
    const texts = Object.entries(error).filter(([, value]) => typeof value === "string");
    return Object.fromEntries(texts) as Told;
  } catch {
    return {};
  }
}
