/** The command for the provider at which people sign in. */

import { command } from "@bulkhead/terminal/command.ts";
import { CONNECTION_OPTIONS } from "../centre/connection.ts";

export const identity = command({
  name: "identity",
  usage: "[action]",
  summary: "The OpenID Connect provider at which people sign in, and what their groups may do",
  positionals: {
    action: {
      describe:
        "show (unless another is named); set: what is not named stays; test: does it answer; remove: who signed in there is signed out",
      choices: ["show", "set", "test", "remove"] as const,
      default: "show" as const,
    },
  },
  options: {
    ...CONNECTION_OPTIONS,
    issuer: { describe: "set: https://…, exactly as the provider writes it", type: "string" },
    "client-id": { describe: "set: by which this server is registered there", type: "string" },
    secret: {
      describe: "set: ask: typed, or a line of the input; keep: the known one; none: a public client",
      choices: ["ask", "keep", "none"] as const,
      default: "ask" as const,
    },
    title: { describe: "set: what the sign-in page calls it", type: "string" },
    scopes: { describe: "set: openid,profile,email unless others are named", type: "string" },
    "groups-claim": {
      describe: "set: the claim with somebody's groups; groups, roles, a.b.c",
      type: "string",
    },
    group: {
      describe:
        "set: GROUP=ROLE, or GROUP=editor:web,shop for some segments; all of them, in the place of those before",
      type: "string",
      array: true,
    },
    everybody: { describe: "set: the role of who is in no such group; none: they stay out", type: "string" },
    domain: {
      describe: "set: let in verified e-mail addresses of this domain only; none: any",
      type: "string",
      array: true,
    },
    authorities: {
      describe: "set: a PEM file of certificates that sign the provider's; none",
      type: "string",
    },
    url: { describe: "set: https://HOST:PORT by which browsers reach this server; none", type: "string" },
  },
  examples: [
    ["identity", "how it is set, and the address to register at the provider"],
    [
      "identity set --issuer https://id.example/realms/ops --client-id bulkhead --group admins=administrator --group web-team=editor:web <secret.txt",
      "",
    ],
    ["identity test", "asks the provider about itself"],
  ],
  epilogue: "Exit codes of show: 0 people sign in at a provider; 1 nobody does.",
  run: async (given, terminal) => (await import("../centre/identity.ts")).workOnIdentity(given, terminal),
});
