/** Joins a server: makes sure that it is the right one, shows the token, and gets a certificate for a key that stays here. */

import { createHash, sign, type X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect } from "node:tls";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { joinMessage, parseJoinToken } from "@bulkhead/shared/protocol/join-token.ts";
import { WIRE } from "@bulkhead/shared/protocol/limits.ts";
import { joinAnswer } from "@bulkhead/shared/protocol/messages.ts";
import { type Identity, makeKey } from "./identity.ts";
import { ask, unreached } from "./request.ts";

export interface JoinOptions {
  /** `https://HOST:PORT`, or `HOST` or `HOST:PORT`. */
  readonly url: string;
  readonly token: string;
  readonly name: string;
  /** Canonical text. */
  readonly addresses: readonly string[];
}

export const DEFAULT_PORT = 8444;
const PATIENCE_MILLISECONDS = 10_000;
const LONGEST_CHAIN = 8;

export interface Joined {
  readonly identity: Identity;
  readonly labels: Readonly<Record<string, string>>;
}

/** Throws `link/bad-address`, `link/bad-token`, `link/unreachable`, `link/not-trusted`, and what the server refuses with. */
export async function join({ url: text, token, name, addresses }: JoinOptions): Promise<Joined> {
  const url = serverUrl(text);
  const read = parseJoinToken(token);
  if ("problem" in read) throw new BulkheadError("link/bad-token", read.problem);
  // The root whose fingerprint the token has; nothing is sent to anybody whose certificate does not come from it.
  const root = await rootOf(url, read.fingerprint);
  const { nonce } = (await ask("GET", new URL("/v1/nonce", url), { roots: [root] })) as { nonce: string };
  const { key, pem, publicKey } = makeKey();
  const message = joinMessage({ tokenId: read.id, publicKey, nonce });
  const answer = joinAnswer.parse(
    await ask(
      "POST",
      new URL("/v1/join", url),
      { roots: [root] },
      {
        protocol: WIRE.version,
        token: token.trim(),
        nonce,
        name,
        addresses,
        publicKey: publicKey.toString("base64"),
        signature: sign("sha256", Buffer.from(message), key).toString("base64"),
      },
    ),
  );
  const { host, certificate, roots, renewAt, labels } = answer;
  return { identity: { url: url.origin, host, key: pem, certificate, roots, renewAt }, labels };
}

/** Throws `link/bad-address`. */
export function serverUrl(text: string): URL {
  const full = /^[a-z]+:\/\//.test(text) ? text : `https://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url === undefined || url.protocol !== "https:" || url.pathname !== "/" || url.username !== "")
    throw new BulkheadError(
      "link/bad-address",
      `'${text}' is no server, expected https://HOST:${DEFAULT_PORT}`,
    );
  const hasPort = /:\d+$/.test(text.replace(/\/$/, "").replace(/.*\]/, ""));
  if (!hasPort) url.port = String(DEFAULT_PORT);
  return url;
}

/** The root, in PEM, in the chain that the server shows. While the authority is being changed, another certificate has the same key: the root is the one that it signed itself. */
async function rootOf(url: URL, fingerprint: string): Promise<string> {
  const chain = await chainOf(url);
  const root = chain.find(
    (certificate) => fingerprintOf(certificate) === fingerprint && certificate.verify(certificate.publicKey),
  );
  if (root === undefined)
    throw new BulkheadError(
      "link/not-trusted",
      `${url.origin} does not belong to the authority that the token names (${fingerprint}): nothing was sent to it`,
    );
  return root.toString();
}

function chainOf(url: URL): Promise<readonly X509Certificate[]> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const socket = connect({
      host,
      port: Number(url.port),
      // Only looked at: whom to trust follows from it.
      rejectUnauthorized: false,
      minVersion: "TLSv1.3",
      timeout: PATIENCE_MILLISECONDS,
      ...(isIP(host) === 0 && { servername: host }),
    });
    socket.once("error", (error) => reject(unreached(url, error)));
    socket.once("timeout", () => socket.destroy(new Error("no answer in time")));
    socket.once("secureConnect", () => {
      const found: X509Certificate[] = [];
      let next = socket.getPeerX509Certificate();
      while (next !== undefined && found.length < LONGEST_CHAIN) {
        found.push(next);
        next = next.issuerCertificate;
      }
      socket.destroy();
      resolve(found);
    });
  });
}

function fingerprintOf({ publicKey }: X509Certificate): string {
  const spki = publicKey.export({ type: "spki", format: "der" });
  return `sha256:${createHash("sha256").update(spki).digest("hex")}`;
}
