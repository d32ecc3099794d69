/** Something that answers in a provider's place and says what a test tells it to: over real TLS, with real signatures. */

import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { testAuthority } from "@bulkhead/server/http/testing/certificates.ts";

export interface Lies {
  /** Instead of the claims that are right. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Instead of the metadata that is right. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Instead of what the user's own endpoint says. */
  readonly userinfo?: Readonly<Record<string, unknown>>;
  /** By another key than the one that it shows. */
  readonly isForged?: boolean;
  /** No signature at all (`alg: none`). */
  readonly isUnsigned?: boolean;
  /** Answers in the place of any path. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

const newKey = () => generateKeyPairSync("rsa", { modulusLength: 2_048 });
const [KEY, ANOTHER] = [newKey(), newKey()];

export class FalseProvider implements AsyncDisposable {
  readonly issuer: string;
  readonly authority: string;
  lies: Lies = {};
  /** What came to the token endpoint. */
  readonly asked: URLSearchParams[] = [];
  readonly #server: Server;
  #nonce = "";
  #challenge = "";

  private constructor(server: Server, authority: string) {
    this.#server = server;
    this.issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.authority = authority;
  }

  static async start(): Promise<FalseProvider> {
    const authority = await testAuthority("the false provider's authority");
    const { key, certificate: cert } = await authority.issue();
    const server = createServer({ key, cert });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const provider = new FalseProvider(server, authority.pem);
    server.on("request", (request, response) => void provider.#answer(request, response));
    return provider;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.lies.answer?.(request, response)) return;
    const url = new URL(request.url ?? "", this.issuer);
    const json = (body: object) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return void json({ ...this.#metadata(), ...this.lies.metadata });
      case "/keys":
        return void json({
          keys: [{ ...KEY.publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" }],
        });
      case "/authorize": {
        const { searchParams } = url;
        this.#nonce = searchParams.get("nonce") ?? "";
        this.#challenge = searchParams.get("code_challenge") ?? "";
        const back = new URL(searchParams.get("redirect_uri") ?? "");
        back.search = new URLSearchParams({
          code: "a code",
          state: searchParams.get("state") ?? "",
        }).toString();
        return void response.writeHead(303, { location: back.href }).end();
      }
      case "/token": {
        let text = "";
        for await (const part of request) text += part;
        this.asked.push(new URLSearchParams(text));
        return void json({ access_token: "a token", token_type: "Bearer", id_token: this.#idToken() });
      }
      default:
        return void json({ sub: "anna", groups: ["admins"], ...this.lies.userinfo });
    }
  }

  /** Whether what came to the token endpoint fits the challenge that was sent (RFC 7636, 4.6). */
  get isProved(): boolean {
    const verifier = this.asked.at(-1)?.get("code_verifier") ?? "";
    return createHash("sha256").update(verifier).digest("base64url") === this.#challenge;
  }

  #metadata(): object {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    };
  }

  #idToken(): string {
    const now = Math.floor(Date.now() / 1_000);
    const { isForged = false, isUnsigned = false, claims } = this.lies;
    const said = {
      ...{ iss: this.issuer, sub: "anna", aud: "bulkhead", iat: now, exp: now + 60, nonce: this.#nonce },
      ...claims,
    };
    const header = isUnsigned ? { alg: "none" } : { alg: "RS256", kid: "1" };
    const text = [header, said]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    if (isUnsigned) return `${text}.`;
    return `${text}.${signature(text, isForged ? ANOTHER.privateKey : KEY.privateKey)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

function signature(text: string, key: KeyObject): string {
  return sign("sha256", Buffer.from(text), key).toString("base64url");
}
