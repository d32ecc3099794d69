/** Who asks, and what they show to prove it. */

import type { Role } from "./role.ts";
import type { SignInMethod } from "./sign-in-method.ts";

export interface Principal {
  /** `token`: an API token; `session`: somebody who signed in; `local`: whoever may open the socket in the data directory. */
  readonly kind: "token" | "session" | "local";
  /** The token's or the account's name; `local`. */
  readonly name: string;
  readonly role: Role;
  /** The account that this is: a session's own, or the one whose token it is. Undefined at the server's machine, and for a token that was made there. */
  readonly account?: string;
  /** The names of the segments to which an editor is limited; without it, there is no such limit. */
  readonly scope?: readonly string[];
  /** The session's id, which opens nothing. */
  readonly session?: string;
  /** How the session was opened. */
  readonly method?: SignInMethod;
}

export type Credentials =
  /** `token`: the whole text after `Bearer`. */
  | { readonly kind: "token"; readonly token: string }
  /** A browser shows a cookie by itself, also where another site asks it to; a header is shown on purpose. */
  | { readonly kind: "session"; readonly secret: string; readonly shownBy: "cookie" | "header" }
  | { readonly kind: "local" };
