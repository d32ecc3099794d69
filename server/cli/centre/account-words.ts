/** Accounts and sessions in words. */

import { columnsText, momentText } from "./words.ts";

export interface AccountView {
  readonly name: string;
  readonly role: string;
  readonly scope: readonly string[] | null;
  readonly createdAt: number;
  readonly disabledAt: number | null;
  readonly signedInAt: number | null;
  readonly lockedUntil: number | null;
  readonly provider: string | null;
  readonly hasPassword: boolean;
  readonly hasSecondFactor: boolean;
  readonly recoveryCodes: number;
}

export interface SessionView {
  readonly id: string;
  readonly method: string;
  readonly address: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
}

export function listText(accounts: readonly AccountView[]): string {
  if (accounts.length === 0) return "there are no accounts: `bulkhead account create NAME --role ROLE`\n";
  return columnsText(
    ["name", "role", "scope", "state", "signs in by", "signed in"],
    accounts.map((account) => [
      account.name,
      account.role,
      scopeWords(account),
      stateWords(account),
      methodWords(account),
      momentText(account.signedInAt),
    ]),
  );
}

export function accountText(account: AccountView, sessions: readonly SessionView[]): string {
  const facts = [
    ["role", account.role],
    ["scope", scopeWords(account)],
    ["state", stateWords(account)],
    ["signs in by", methodWords(account)],
    ["made", momentText(account.createdAt)],
    ["signed in", momentText(account.signedInAt)],
    ...(account.hasSecondFactor ? [["recovery codes", `${account.recoveryCodes} left`]] : []),
    ["sessions", sessions.length === 0 ? "none" : ""],
  ];
  const rows = sessions.map(({ id, method, address, createdAt, lastUsedAt }) => [
    `  ${id}`,
    `by ${method}`,
    `from ${address ?? "this machine"}`,
    `since ${momentText(createdAt)}`,
    `used ${momentText(lastUsedAt)}`,
  ]);
  const [first, ...more] = rows;
  return columnsText([account.name, ""], facts) + (first === undefined ? "" : columnsText(first, more));
}

function scopeWords({ scope }: AccountView): string {
  return scope === null ? "all" : scope.join(",");
}

function stateWords({ disabledAt, lockedUntil }: AccountView): string {
  if (disabledAt !== null) return "disabled";
  return lockedUntil === null ? "good" : `locked until ${momentText(lockedUntil)}`;
}

function methodWords({ provider, hasPassword, hasSecondFactor }: AccountView): string {
  if (provider !== null) return provider;
  if (!hasPassword) return "link";
  return hasSecondFactor ? "password and code" : "password";
}
