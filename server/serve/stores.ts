/** What the server keeps, opened: one database, and everything that reads and writes it. */

import { join } from "node:path";
import { originOf } from "../audit/acting.ts";
import { Versions } from "../policy/versions.ts";
import { type Database, openDatabase } from "../store/database.ts";
import { EventStore } from "../store/estate/event-store.ts";
import { HostStore } from "../store/estate/host-store.ts";
import { PolicyStore } from "../store/estate/policy-store.ts";
import { SettingStore } from "../store/estate/settings.ts";
import { TokenStore } from "../store/estate/token-store.ts";
import { mainDatabase } from "./schema.ts";

export interface Stores {
  readonly database: Database;
  readonly path: string;
  readonly hosts: HostStore;
  readonly tokens: TokenStore;
  readonly events: EventStore;
  readonly settings: SettingStore;
  readonly versions: Versions;
}

/** Open until the stack is disposed of. Throws `server/store-unusable`, `server/store-newer`. */
export function openStores(
  { dataDirectory, now }: { readonly dataDirectory: string; readonly now: () => number },
  cleanup: AsyncDisposableStack,
): Stores {
  const path = join(dataDirectory, "bulkhead.db");
  const database = openDatabase(mainDatabase(path));
  cleanup.defer(() => void database.close());
  return {
    ...{ database, path },
    hosts: cleanup.use(new HostStore(database)),
    tokens: new TokenStore(database),
    events: new EventStore(database, originOf),
    settings: new SettingStore(database),
    versions: new Versions(new PolicyStore(database), now),
  };
}
