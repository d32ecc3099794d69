/** Signing in: which ways there are, and by password. */

import { z } from "zod";
import { ROLES } from "../accounts/role.ts";
import { sessionToken } from "../http/credentials.ts";
import { type Route, route } from "../http/route.ts";
import { AccountName, Code, Password, WaysToSignIn } from "./account-shapes.ts";
import type { ApiParts } from "./parts.ts";
import { Moment } from "./shapes.ts";

const SIGN_IN_BYTES = 8_192;

export function signInRoutes({ accounts, identity }: ApiParts): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/sign-in",
      role: "anyone",
      summary: "Which ways there are to sign in",
      answer: WaysToSignIn,
      handler: () => {
        const name = identity.configuration?.name;
        return {
          password: true,
          provider: name === undefined ? null : { name, path: "/signin/provider" },
        } as const;
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/sign-in",
      role: "anyone",
      summary:
        "Opens a session of twelve hours, by password, and by a code where the account has a second factor",
      bodyLimit: SIGN_IN_BYTES,
      body: z.strictObject({
        account: AccountName,
        password: Password,
        code: Code.optional(),
        /** `cookie`: for a browser on the server's own page; `token`: told, to be borne as an API token is. */
        keep: z.enum(["cookie", "token"]),
      }),
      answer: z.strictObject({
        name: z.string(),
        role: z.enum(ROLES),
        expiresAt: Moment,
        token: z.string().nullable(),
      }),
      handler: async ({ address, countAttempt, sessionKeeper }, { body: { keep, ...proof } }) => {
        const show = keep === "cookie" ? sessionKeeper() : undefined;
        await countAttempt();
        const opened = await accounts.signingIn.byPassword({ ...proof, address });
        show?.(opened);
        const { name, expiresAt, secret } = opened;
        const { role } = accounts.people.find(name);
        return { name, role, expiresAt, token: keep === "token" ? sessionToken(secret) : null };
      },
    }),
  ];
}
