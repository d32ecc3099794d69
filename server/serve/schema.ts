/** The schema of `bulkhead.db`, step by step. A step that was released is never changed; the next one is added below it. */

import { ACCOUNTS_SCHEMA } from "../store/accounts/schema.ts";
import type { DatabaseSpec } from "../store/database.ts";
import { ESTATE_SCHEMA } from "../store/estate/schema.ts";

/** "Bulk" in ASCII. */
const APPLICATION_ID = 0x42756c6b;

export function mainDatabase(path: string): DatabaseSpec {
  return { path, applicationId: APPLICATION_ID, migrations: [`${ESTATE_SCHEMA}${ACCOUNTS_SCHEMA}`] };
}
