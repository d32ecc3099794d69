/** The HTTP status that fits an error, and its words for the asker. */

import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { catalogue, type ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";
import type { Severity } from "@bulkhead/shared/errors/error.ts";
import { RequestError } from "./request-error.ts";

/** Those that no rule below fits. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  "server/not-signed-in": 401,
  "server/link-unusable": 401,
  "server/sign-in-refused": 403,
  "server/code-needed": 403,
  "server/code-wrong": 403,
  "server/account-disabled": 409,
  "server/second-factor-there": 409,
  "server/role-too-low": 403,
  "server/out-of-scope": 403,
  "server/no-provider": 404,
  "server/provider-unreachable": 503,
  "server/provider-refused": 403,
  "server/provider-untrusted": 403,
  "server/sign-in-expired": 403,
  "server/no-role": 403,
  "server/approval-needed": 409,
  "server/approval-refused": 403,
  "server/cross-site": 403,
  "server/too-large": 413,
  "server/name-taken": 409,
  "server/authority-rotation": 409,
  "server/invariant-broken": 409,
  "server/trial-impossible": 409,
  "server/no-trial": 409,
  "server/no-host": 404,
  "server/no-version": 404,
  "server/no-alert": 404,
  "server/no-entry": 404,
  "server/no-rollout": 404,
  "server/rollout-underway": 409,
  "server/rollout-impossible": 409,
  "server/no-receiver": 404,
  "server/too-many-requests": 429,
  "server/overloaded": 503,
  "server/not-ready": 503,
  "server/no-dashboard": 404,
  "server/store-full": 503,
  "server/store-unusable": 503,
};

/** `server/unknown-…` is 404, another refusal 400, what could not be done 500. */
export function statusOf(code: ErrorCode): number {
  const own = STATUS[code];
  if (own !== undefined) return own;
  if (/^server\/unknown-/.test(code)) return 404;
  const severity: Severity = catalogue[code].severity;
  return severity === "fatal" ? 500 : 400;
}

/** The body of every answer that is an error. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly place?: string;
  };
}

export function errorBody(error: BulkheadError): ErrorBody {
  const { code, message, remedy } = error;
  return { error: { code, message, remedy, ...(error instanceof RequestError && { place: error.place }) } };
}
