/** A refused request, with the place of what is wrong with it. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";

export class RequestError extends BulkheadError {
  /** Where in the request: `body/labels/role`, `query/limit`. */
  readonly place: string;

  constructor(code: ErrorCode, message: string, place: string) {
    super(code, message);
    this.place = place;
  }
}
