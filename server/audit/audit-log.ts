/** The audit log: everything that anyone did, to be searched, taken elsewhere and verified. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ChainVerdict } from "../store/audit/chain-check.ts";
import { type EventFilter, EventSearch } from "../store/audit/event-search.ts";
import type { Database } from "../store/database.ts";
import type { ChainHead, EventStore, StoredEvent } from "../store/estate/event-store.ts";
import type { Collected, EvidenceTask } from "./evidence/collecting.ts";
import type { Inquiries, InquiryOptions } from "./inquiries.ts";

export interface AuditLogParts {
  readonly database: Database;
  /** Of the file that `database` has open. */
  readonly path: string;
  readonly events: EventStore;
  readonly inquiries: Inquiries;
}

export class AuditLog {
  readonly #parts: AuditLogParts;
  readonly #search: EventSearch;

  constructor(parts: AuditLogParts) {
    this.#parts = parts;
    this.#search = new EventSearch(parts.database);
  }

  /** Throws `server/no-entry`. */
  entry(number: number): StoredEvent {
    const found = this.#search.find(number);
    if (found === undefined)
      throw new BulkheadError("server/no-entry", `the audit log has no entry ${number}`);
    return found;
  }

  /** Newest first, of those before this number. */
  latest(
    filter: EventFilter,
    bounds: { readonly before?: number; readonly most: number },
  ): readonly StoredEvent[] {
    return this.#search.latest(filter, bounds);
  }

  /** Oldest first, as far as the log goes now. */
  all(filter: EventFilter): Generator<StoredEvent, void> {
    return this.#search.all(filter, this.head()?.number ?? 0);
  }

  /** Undefined before the first entry. */
  head(): ChainHead | undefined {
    return this.#parts.events.head();
  }

  /** Throws `server/overloaded`, `server/store-unusable`. */
  verify(kept: readonly ChainHead[], options: InquiryOptions = {}): Promise<ChainVerdict> {
    const { inquiries, path } = this.#parts;
    return inquiries.verify({ path, kept }, options);
  }

  /** Throws `server/unknown-segment`, `server/overloaded`, `server/store-unusable`. */
  evidence(task: Omit<EvidenceTask, "kind" | "path">, signal?: AbortSignal): Promise<Collected> {
    const { inquiries, path } = this.#parts;
    return inquiries.evidence({ ...task, path }, signal);
  }
}
