/** Where people sign in elsewhere, and what they may do here by the groups that they are in there. */

import { z } from "zod";
import { LONGEST_NAME } from "../accounts/account-name.ts";
import { isEnough, ROLES } from "../accounts/role.ts";

const LONGEST_CERTIFICATES = 65_536;

const HttpsUrl = z.url({ protocol: /^https$/ }).max(512);
/** A segment's name, as in an account's scope. */
const Segment = z.string().min(1).max(128);

export const GroupRole = z
  .strictObject({
    group: z.string().min(1).max(256),
    role: z.enum(ROLES),
    /** The segments to which the group's members are limited; null for no limit. */
    scope: z.array(Segment).min(1).max(100).nullable(),
  })
  .refine(({ role, scope }) => scope === null || !isEnough(role, "approver"), {
    message: "only viewers and editors are limited to segments",
    path: ["scope"],
  });

export const ProviderConfiguration = z.strictObject({
  /** What the sign-in page calls it. */
  name: z.string().min(1).max(LONGEST_NAME),
  /** The issuer's identifier (OpenID Connect Discovery 1.0, 3), exactly as the provider writes it. */
  issuer: HttpsUrl,
  clientId: z.string().min(1).max(256),
  /** RFC 6749, 3.3. */
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/))
    .min(1)
    .max(20)
    .refine((scopes) => scopes.includes("openid"), "the scope 'openid' has to be among them"),
  /** The claim that names somebody's groups: an array of texts, or one; with dots, a claim within a claim. */
  groupsClaim: z.string().min(1).max(128),
  groups: z.array(GroupRole).max(200),
  /** The role of who is in none of the groups; null: they are not let in. */
  everybody: z.enum(ROLES).nullable(),
  /** Of verified e-mail addresses; empty where any will do, or none. */
  domains: z.array(z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/)).max(50),
  /** Certificates that sign the provider's, PEM, beside those that Node knows; null for no others. */
  authorities: z
    .string()
    .max(LONGEST_CERTIFICATES)
    .regex(/^\s*-----BEGIN CERTIFICATE-----/)
    .nullable(),
  /** `https://HOST:PORT` by which browsers reach this server; null for the name that it prints. */
  url: HttpsUrl.refine(
    (url) => new URL(url).origin === url,
    "expected https://HOST:PORT and no more",
  ).nullable(),
});

export type GroupRole = z.output<typeof GroupRole>;
export type ProviderConfiguration = z.output<typeof ProviderConfiguration>;
