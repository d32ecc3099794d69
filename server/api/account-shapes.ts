/** Shapes of accounts and sessions. */

import { z } from "zod";
import { LONGEST_NAME } from "../accounts/account-name.ts";
import { LONGEST_PASSWORD } from "../accounts/password-problem.ts";
import { ROLES } from "../accounts/role.ts";
import { Moment, Name } from "./shapes.ts";

export const AccountName = z.string().min(1).max(LONGEST_NAME);
/** A letter can have several code units; what is too short or too long is said by whoever looks at passwords. */
export const Password = z
  .string()
  .min(1)
  .max(4 * LONGEST_PASSWORD);
/** Six digits, or a recovery code. */
export const Code = z.string().min(1).max(64);
/** The names of segments. */
export const Scope = z.array(Name).min(1).max(100);

export const AccountView = z.strictObject({
  name: z.string(),
  role: z.enum(ROLES),
  /** The names of the segments to which an editor is limited. */
  scope: z.array(z.string()).nullable(),
  createdAt: Moment,
  disabledAt: Moment.nullable(),
  signedInAt: Moment.nullable(),
  /** Until then no password is taken. */
  lockedUntil: Moment.nullable(),
  /** The issuer of the OpenID provider that the account belongs to. */
  provider: z.string().nullable(),
  hasPassword: z.boolean(),
  hasSecondFactor: z.boolean(),
  /** So many recovery codes are left. */
  recoveryCodes: z.number().int(),
  /** So many are open. */
  sessions: z.number().int(),
});

export const SessionView = z.strictObject({
  id: z.string(),
  method: z.enum(["link", "password", "oidc"]),
  address: z.string().nullable(),
  createdAt: Moment,
  expiresAt: Moment,
  lastUsedAt: Moment.nullable(),
  /** Whether it is the one that asks. */
  isThis: z.boolean(),
});

/** What a sign-in page has to offer. */
export const WaysToSignIn = z.strictObject({
  password: z.literal(true),
  /** A page to open, `PATH?to=/hosts`; back from there a browser is at `to`, or at `/?signin=CODE` where it was refused. */
  provider: z.strictObject({ name: z.string(), path: z.string() }).nullable(),
});

export type WaysToSignIn = z.output<typeof WaysToSignIn>;
export type AccountView = z.output<typeof AccountView>;
export type SessionView = z.output<typeof SessionView>;
