/** How the server speaks TLS with agents. */

import { constants } from "node:crypto";

/**
 * Options for `tls.createServer` and `https.createServer`, TLS 1.3 only. `clients`: whether a host without a certificate that TLS itself accepts is turned away at once (`required`),
 * or let in (`optional`) so that it can join, or be told what is wrong. Then every connection's certificate has to go through `Authority.check`; TLS has proved by then that the host
 * holds its key. `roots` are `Authority.roots`; after a rotation give the server new options with `setSecureContext`.
 *
 * Sessions are never resumed: a resumed one brings its certificate from the ticket, and nobody checks that again.
 */
export function tlsServerOptions(given: {
  key: string;
  certificate: string;
  roots: readonly string[];
  clients: "required" | "optional";
}) {
  return {
    key: given.key,
    cert: given.certificate,
    ca: [...given.roots],
    minVersion: "TLSv1.3" as const,
    requestCert: true,
    rejectUnauthorized: given.clients === "required",
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}
