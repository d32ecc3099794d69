/** Signing in by password, over the API. */

import { z } from "zod";
import { ROLES } from "../accounts/role.ts";
import { sessionToken } from "../http/credentials.ts";
import { type Route, route } from "../http/route.ts";
import { AccountName, Code, Password } from "./account-shapes.ts";
import type { ApiParts } from "./parts.ts";
import { Moment } from "./shapes.ts";

const SIGN_IN_BYTES = 8_192;

export function signInRoutes({ accounts }: ApiParts): readonly Route[] {
  return [
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
