/** The identity provider at which people sign in, as administrators see to it. Its secret is taken and never told. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import { ProviderConfiguration } from "../identity/provider-configuration.ts";
import type { ApiParts } from "./parts.ts";

const PATH = "/api/v1/identity";
const IdentityView = z.strictObject({
  provider: ProviderConfiguration.nullable(),
  hasSecret: z.boolean(),
  /** What has to be registered at the provider. */
  redirectUri: z.string(),
});

export type IdentityView = z.output<typeof IdentityView>;

export function identityRoutes({ identity, note }: ApiParts): readonly Route[] {
  const view = (): IdentityView => ({
    provider: identity.configuration ?? null,
    hasSecret: identity.hasSecret,
    redirectUri: identity.redirectUri,
  });
  return [
    route({
      method: "GET",
      path: PATH,
      role: "administrator",
      summary: "The identity provider at which people sign in, without its secret",
      answer: IdentityView,
      handler: view,
    }),
    route({
      method: "PUT",
      path: PATH,
      role: "administrator",
      summary:
        "Sets the identity provider; without a secret the known one stays, where issuer and client do; null is for a public client",
      body: z.strictObject({
        provider: ProviderConfiguration,
        secret: z.string().min(1).max(1_024).nullable().optional(),
      }),
      answer: IdentityView,
      handler: ({ principal }, { body: { provider, secret } }) => {
        identity.set(provider, secret);
        const { authorities: _, ...facts } = provider;
        note({ kind: "identity-provider-set", who: principal.name, about: provider.issuer, facts });
        return view();
      },
    }),
    route({
      method: "DELETE",
      path: PATH,
      role: "administrator",
      summary: "Nobody signs in at a provider any more; sessions that were opened there end",
      answer: z.strictObject({ removed: z.literal(true) }),
      handler: ({ principal }) => {
        const issuer = identity.configuration?.issuer;
        if (issuer === undefined)
          throw new BulkheadError("server/no-provider", "no identity provider is set");
        identity.remove();
        note({ kind: "identity-provider-removed", who: principal.name, about: issuer, facts: {} });
        return { removed: true } as const;
      },
    }),
    route({
      method: "GET",
      path: `${PATH}/endpoints`,
      role: "administrator",
      summary: "Asks the identity provider about itself, now: whether it answers, and is whom it should be",
      answer: z.strictObject({
        issuer: z.string(),
        authorization: z.string(),
        token: z.string(),
        keys: z.string(),
      }),
      handler: () => identity.endpoints(),
    }),
  ];
}
