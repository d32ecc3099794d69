import type { CatalogueEntry } from "./error.ts";

/** What the server reports about accounts of people, and how they sign in. */
export const accountErrors = {
  "server/sign-in-refused": {
    title: "nobody is signed in by this",
    severity: "fatal",
    remedy:
      "Try again. After ten failures in a row an account takes no password for a while, which `bulkhead account unlock NAME` ends.",
  },
  "server/code-needed": {
    title: "a code of the second factor is needed",
    severity: "error",
    remedy: "Give the six digits that the authenticator shows, or a recovery code.",
  },
  "server/code-wrong": {
    title: "the code does not prove the second factor",
    severity: "error",
    remedy:
      "Type the six digits that the authenticator shows now; where they are never right, its clock or the server's is wrong.",
  },
  "server/second-factor-there": {
    title: "the account has a second factor already",
    severity: "error",
    remedy: "Take the present one away first; without it, `bulkhead account reset-second-factor NAME`.",
  },
  "server/password-refused": {
    title: "the password is not good enough",
    severity: "error",
    remedy: "Choose a longer one; a few words that nobody says together are easy to remember.",
  },
  "server/account-disabled": {
    title: "the account is disabled",
    severity: "error",
    remedy: "`bulkhead account enable NAME` lets it sign in again.",
  },
  "server/unknown-account": {
    title: "there is no such account",
    severity: "error",
    remedy: "`bulkhead account list` names those that there are.",
  },
  "server/unknown-session": {
    title: "there is no such session",
    severity: "error",
    remedy: "It may have ended by itself; list the sessions again.",
  },
} as const satisfies Record<string, CatalogueEntry>;
