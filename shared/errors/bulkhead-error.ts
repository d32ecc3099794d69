import { catalogue, type ErrorCode } from "./catalogue.ts";
import type { CatalogueEntry } from "./error.ts";

/** The one error class: a code of the catalogue, what happened this time, and what to do. */
export class BulkheadError extends Error {
  readonly code: ErrorCode;
  /** What to do this time; the catalogue's remedy where nothing more precise is known. */
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "BulkheadError";
    this.code = code;
    const entry: CatalogueEntry = catalogue[code];
    this.remedy = options.remedy ?? entry.remedy;
  }
}
