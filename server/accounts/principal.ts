/** Who asks, and what they show to prove it. */

import type { Role } from "./role.ts";

export interface Principal {
  /** `token`: an API token; `session`: somebody who signed in with a browser; `local`: whoever may open the socket in the data directory. */
  readonly kind: "token" | "session" | "local";
  /** The token's or the account's name; `local`. */
  readonly name: string;
  readonly role: Role;
}

export type Credentials =
  /** `token`: the whole text after `Bearer`. */
  | { readonly kind: "token"; readonly token: string }
  /** `secret`: what the cookie holds. */
  | { readonly kind: "session"; readonly secret: string }
  | { readonly kind: "local" };
