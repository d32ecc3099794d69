/** Tokens: those by which hosts join, and those by which programs ask the API. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { formatRange, parseRange } from "@bulkhead/shared/net/range.ts";
import { z } from "zod";
import { ROLES } from "../accounts/role.ts";
import { scopeOf } from "../accounts/scope-text.ts";
import { mintToken } from "../authority/join-token.ts";
import { type Route, route } from "../http/route.ts";
import { Scope } from "./account-shapes.ts";
import type { ApiParts } from "./parts.ts";
import { ApiTokenView, Block, JoinTokenView, Labels, Moment } from "./shapes.ts";

const YEAR = 366 * 86_400;

const Id = z.strictObject({ id: z.string().max(64) });

export function tokenRoutes(parts: ApiParts): readonly Route[] {
  return [...joinTokens(parts), ...apiTokens(parts)];
}

function joinTokens({ tokens, authority, now, agentsUrl, note, events }: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/join-tokens",
      role: "viewer",
      summary: "The tokens by which hosts may join, without their secrets",
      answer: z.array(JoinTokenView),
      handler: () =>
        tokens.all().map(({ secretHash: _, blocks, revokedAt, labels, ...token }) => ({
          ...token,
          labels: { ...labels },
          addresses: [...blocks],
          revokedAt: revokedAt ?? null,
        })),
    }),
    route({
      method: "POST",
      path: "/api/v1/join-tokens",
      role: "administrator",
      summary: "Makes a token; its text is told once",
      body: z.strictObject({
        labels: Labels,
        addresses: z.array(Block).min(1).max(1_000),
        uses: z.number().int().min(1).max(100_000),
        expiresInSeconds: z.number().int().min(60).max(YEAR),
      }),
      answer: z.strictObject({ id: z.string(), token: z.string(), url: z.string(), expiresAt: Moment }),
      handler: ({ principal }, { body }) => {
        const { text, id, secretHash } = mintToken(authority.fingerprint);
        const blocks = body.addresses.flatMap((text) => {
          const range = parseRange(text);
          return "family" in range ? [formatRange(range)] : [];
        });
        const expiresAt = now() + body.expiresInSeconds * 1000;
        const { labels, uses } = body;
        const who = principal.name;
        events.whole(() => {
          const facts = { labels, blocks, uses, expiresAt };
          tokens.add({ id, secretHash, ...facts, createdAt: now(), createdBy: who });
          note({ kind: "join-token-made", who, about: id, facts });
        });
        return { id, token: text, url: agentsUrl(), expiresAt };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/join-tokens/:id",
      role: "administrator",
      summary: "Lets nobody join by it any more",
      params: Id,
      answer: z.strictObject({ revoked: z.literal(true) }),
      handler: ({ principal }, { params }) => {
        events.whole(() => {
          if (!tokens.revoke(params.id, now()))
            throw new BulkheadError("server/unknown-token", `no join token '${params.id}' can be revoked`);
          note({ kind: "join-token-revoked", who: principal.name, about: params.id, facts: {} });
        });
        return { revoked: true } as const;
      },
    }),
  ];
}

function apiTokens({ accounts, now, note }: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/api-tokens",
      role: "administrator",
      summary: "The tokens by which programs ask the API, without their secrets",
      answer: z.array(ApiTokenView),
      handler: () => accounts.tokens().map((token) => ({ ...token, scope: scopeView(token.scope) })),
    }),
    route({
      method: "POST",
      path: "/api/v1/api-tokens",
      role: "administrator",
      summary: "Makes an API token; its text is told once",
      body: z.strictObject({
        name: z.string().min(1).max(128),
        role: z.enum(ROLES),
        /** Limits an editor to segments. */
        scope: Scope.optional(),
        expiresInSeconds: z
          .number()
          .int()
          .min(60)
          .max(10 * YEAR),
      }),
      answer: z.strictObject({ id: z.string(), token: z.string(), expiresAt: Moment }),
      handler: ({ principal }, { body }) => {
        const expiresAt = now() + body.expiresInSeconds * 1000;
        const { id, text } = accounts.createToken({
          name: body.name,
          role: body.role,
          expiresAt,
          by: principal.name,
          account: principal.account,
          scope: body.scope,
        });
        const facts = { id, role: body.role, scope: body.scope ?? null, expiresAt };
        note({ kind: "api-token-made", who: principal.name, about: body.name, facts });
        return { id, token: text, expiresAt };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/api-tokens/:id",
      role: "administrator",
      summary: "Ends an API token",
      params: Id,
      answer: z.strictObject({ revoked: z.literal(true) }),
      handler: ({ principal }, { params }) => {
        accounts.revokeToken(params.id);
        const name = accounts.tokens().find(({ id }) => id === params.id)?.name;
        note({ kind: "api-token-revoked", who: principal.name, about: params.id, facts: { name } });
        return { revoked: true } as const;
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/sign-in-links",
      role: "administrator",
      summary: "A link that signs in once, within the hour",
      answer: z.strictObject({ path: z.string(), expiresAt: Moment }),
      handler: ({ principal }) => {
        const { secret, expiresAt } = accounts.makeSignInLink();
        note({ kind: "sign-in-link-made", who: principal.name, about: "administrator", facts: {} });
        return { path: `/signin/${secret}`, expiresAt };
      },
    }),
  ];
}

function scopeView(text: string | null): string[] | null {
  const { scope } = scopeOf(text);
  return scope === undefined ? null : [...scope];
}
