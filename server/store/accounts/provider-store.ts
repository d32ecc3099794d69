/** The OpenID provider, as statements over the server's database. */

import type { Database } from "../database.ts";

export interface ProviderRow {
  /** Plain JSON. */
  readonly configuration: unknown;
  /** Null for a public client. */
  readonly secret: string | null;
}

export interface ProviderStore {
  find(): ProviderRow | undefined;
  put(row: ProviderRow): void;
  /** Whether there was one. */
  remove(): boolean;
}

export function providerStore(database: Database): ProviderStore {
  const find = database.prepare<[], string>("SELECT configuration FROM oidc_provider").pluck();
  const put = database.prepare<[string]>(
    "INSERT OR REPLACE INTO oidc_provider (only, configuration) VALUES (1, ?)",
  );
  const remove = database.prepare("DELETE FROM oidc_provider");
  return {
    find: () => {
      const text = find.get();
      return text === undefined ? undefined : (JSON.parse(text) as ProviderRow);
    },
    put: (row) => {
      put.run(JSON.stringify(row));
    },
    remove: () => remove.run().changes > 0,
  };
}
