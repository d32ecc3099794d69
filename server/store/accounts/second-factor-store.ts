/** Second factors and recovery codes, as statements over the server's database. Times are milliseconds since 1970. */

import type { Database } from "../database.ts";

export interface SecondFactorRow {
  readonly secret: Buffer;
  readonly createdAt: number;
  readonly confirmedAt: number | null;
}

export interface SecondFactorStore {
  find(account: string): SecondFactorRow | undefined;
  /** Puts a secret that is not confirmed in the place of one that is not either. False where one is confirmed already. */
  offer(account: string, secret: Buffer, at: number): boolean;
  /** The second factor is there, by a code of this step; these are its recovery codes. */
  confirm(
    account: string,
    confirmed: { readonly at: number; readonly step: number; readonly codes: readonly Buffer[] },
  ): void;
  /** Whether the step is later than that of the last code: no code is good twice. */
  useStep(account: string, step: number): boolean;
  /** Whether there was such a code; now there is none any more. */
  useCode(account: string, hash: Buffer): boolean;
  /** Whether there was a second factor. Its recovery codes go with it. */
  remove(account: string): boolean;
}

const ID = "(SELECT id FROM account WHERE name = ?)";

export function secondFactorStore(database: Database): SecondFactorStore {
  const find = database.prepare<[string], SecondFactorRow>(
    `SELECT secret, created_at AS createdAt, confirmed_at AS confirmedAt FROM second_factor WHERE account = ${ID}`,
  );
  const offer = database.prepare<[Buffer, number, string]>(
    `INSERT INTO second_factor (account, secret, created_at) SELECT id, ?, ? FROM account WHERE name = ?
     ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at WHERE confirmed_at IS NULL`,
  );
  const confirm = database.prepare<[number, number, string]>(
    `UPDATE second_factor SET confirmed_at = ?, last_step = ? WHERE account = ${ID}`,
  );
  const addCode = database.prepare<[Buffer, string]>(
    "INSERT INTO recovery_code (code_hash, account) SELECT ?, id FROM account WHERE name = ?",
  );
  const useStep = database.prepare<[number, string, number]>(
    `UPDATE second_factor SET last_step = ? WHERE account = ${ID} AND last_step < ?`,
  );
  const useCode = database.prepare<[Buffer, string]>(
    `DELETE FROM recovery_code WHERE code_hash = ? AND account = ${ID}`,
  );
  const dropCodes = database.prepare<[string]>(`DELETE FROM recovery_code WHERE account = ${ID}`);
  const drop = database.prepare<[string]>(`DELETE FROM second_factor WHERE account = ${ID}`);
  return {
    find: (account) => find.get(account),
    offer: (account, secret, at) => offer.run(secret, at, account).changes > 0,
    confirm: database.transaction((account, { at, step, codes }) => {
      dropCodes.run(account);
      confirm.run(at, step, account);
      for (const hash of codes) addCode.run(hash, account);
    }),
    useStep: (account, step) => useStep.run(step, account, step).changes > 0,
    useCode: (account, hash) => useCode.run(hash, account).changes > 0,
    remove: database.transaction((account: string) => {
      dropCodes.run(account);
      return drop.run(account).changes > 0;
    }),
  };
}
