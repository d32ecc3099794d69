/** The schema of `bulkhead.db`, step by step. A step that was released is never changed; the next one is added below it. */

import { ACCOUNTS_SCHEMA, PEOPLE_SCHEMA, TOKEN_OWNERS_SCHEMA } from "../store/accounts/schema.ts";
import { ALERTS_SCHEMA } from "../store/alerts/schema.ts";
import { eventHashFunction } from "../store/audit/event-chain.ts";
import { AUDIT_SCHEMA } from "../store/audit/schema.ts";
import type { DatabaseSpec } from "../store/database.ts";
import { APPROVALS_SCHEMA, ESTATE_STEPS } from "../store/estate/schema.ts";
import { TRIALS_SCHEMA } from "../store/estate/trial-store.ts";
import { EXPORTS_SCHEMA } from "../store/exports/schema.ts";
import { ROLLOUTS_SCHEMA } from "../store/rollouts/schema.ts";

/** "Bulk" in ASCII. */
const APPLICATION_ID = 0x42756c6b;

const [ESTATE, LEASES_AND_ROOTS] = ESTATE_STEPS;
export const MIGRATIONS = [
  `${ESTATE}${ACCOUNTS_SCHEMA}`,
  LEASES_AND_ROOTS,
  PEOPLE_SCHEMA,
  ALERTS_SCHEMA,
  `${TOKEN_OWNERS_SCHEMA}${APPROVALS_SCHEMA}`,
  TRIALS_SCHEMA,
  ROLLOUTS_SCHEMA,
  AUDIT_SCHEMA,
  EXPORTS_SCHEMA,
] as const;

export function mainDatabase(path: string): DatabaseSpec {
  return {
    path,
    applicationId: APPLICATION_ID,
    migrations: MIGRATIONS,
    functions: { event_hash: eventHashFunction },
  };
}
