/** Where somebody can be refused, each in the words of the audit log. */

import type { Refusals } from "../audit/refusals.ts";
import type { RefusedRequest } from "../http/admission.ts";

export interface RefusalSinks {
  /** Somebody tried to sign in to no account, or to one that is locked or disabled. */
  readonly signIn: (address: string | undefined) => void;
  /** A request was not let through. */
  readonly request: (refused: RefusedRequest) => void;
  /** Somebody was not let join. */
  readonly join: (address: string, why: string) => void;
  /** An agent's certificate does not count. */
  readonly agent: (about: string, why: string) => void;
}

const ANYONE = { who: "anyone", credential: "none" } as const;

/** Not with the account's name where there is no such account: people type passwords into its field. */
export function refusalSinks(refusals: Refusals): RefusalSinks {
  return {
    signIn: (address) =>
      refusals.refused({
        ...ANYONE,
        ...{ kind: "sign-in-refused", about: "sign-in", address: address ?? "socket" },
        facts: { why: "no account, or one that is locked or disabled" },
      }),
    request: ({ who, credential, address = "socket", route, why }) =>
      refusals.refused({
        ...ANYONE,
        ...(who !== undefined && { who, credential }),
        ...{ kind: "request-refused", about: route, address },
        facts: { why: why.slice(0, 500), shown: credential },
      }),
    join: (address, why) =>
      refusals.refused({
        ...ANYONE,
        ...{ kind: "join-refused", about: "join", address, facts: { why: why.slice(0, 500) } },
      }),
    agent: (about, why) =>
      refusals.refused({
        ...ANYONE,
        ...{ kind: "agent-turned-away", about, address: about, facts: { why: why.slice(0, 500) } },
      }),
  };
}
