/** How a host joins, and how it gets its next certificate. */

import { createPublicKey, randomUUID } from "node:crypto";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { parseAddress } from "@bulkhead/shared/net/address.ts";
import { parseRange } from "@bulkhead/shared/net/range.ts";
import { joinMessage, parseJoinToken, renewMessage } from "@bulkhead/shared/protocol/join-token.ts";
import type { JoinAnswer, JoinRequest } from "@bulkhead/shared/protocol/messages.ts";
import type { Authority } from "../authority/authority.ts";
import { decide } from "../authority/grant.ts";
import { isSecret } from "../authority/join-token.ts";
import { verifyProof } from "../authority/proof.ts";
import { publicKeyHash } from "../authority/public-key.ts";
import type { Estate } from "../policy/estate.ts";
import type { HostStore, StoredHost } from "../store/estate/host-store.ts";
import type { SettingStore } from "../store/estate/settings.ts";
import type { StoredToken, TokenStore } from "../store/estate/token-store.ts";
import { Nonces } from "./nonces.ts";

export interface EnrolmentParts {
  readonly authority: Authority;
  readonly estate: Estate;
  readonly hosts: HostStore;
  readonly tokens: TokenStore;
  readonly settings: SettingStore;
  readonly now: () => number;
}

export interface Renewal {
  readonly pem: string;
  readonly renewAt: number;
}

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/;

export class Enrolment {
  readonly nonces: Nonces;
  readonly #parts: EnrolmentParts;

  constructor(parts: EnrolmentParts) {
    this.#parts = parts;
    this.nonces = new Nonces(parts.now);
  }

  /** Throws `server/join-refused`, `server/host-taken`. What is wrong with a token is told only to who knows its secret. */
  async join(request: JoinRequest): Promise<JoinAnswer> {
    const { authority, estate, hosts, tokens, now } = this.#parts;
    const token = this.#token(request);
    const refuse = (why: string): never => {
      tokens.countRefused(token.id);
      throw new BulkheadError("server/join-refused", why);
    };
    if (token.revokedAt !== undefined) refuse("the token was revoked");
    const blocks = token.blocks.flatMap((block) => {
      const range = parseRange(block);
      return "family" in range ? [range] : [];
    });
    const addresses = request.addresses.flatMap((text) => parseAddress(text) ?? []);
    const grant = {
      labels: token.labels,
      blocks,
      uses: token.uses,
      used: token.used,
      expires: token.expiresAt,
    };
    const decision = decide(grant, { addresses, now: now() });
    if (!decision.allowed) refuse(decision.why);
    const publicKey = Buffer.from(request.publicKey, "base64");
    const message = joinMessage({ tokenId: token.id, publicKey, nonce: request.nonce });
    const signature = Buffer.from(request.signature, "base64");
    if (!this.nonces.use(request.nonce)) refuse("the server's nonce is not known, or was used: try again");
    if (!verifyProof({ publicKey, message, signature }))
      refuse("the host does not prove that it has the key");
    if (!NAME.test(request.name)) refuse(`'${request.name}' cannot be the name of a host`);
    const { refused } = estate.claim({ name: request.name, blocks: token.blocks }, request.addresses);
    if (refused.length > 0)
      refuse(refused.map(({ address, why }) => `the address ${address} is refused: ${why}`).join("; "));
    const taken = hosts.byName(request.name);
    if (taken !== undefined && taken.revokedAt === undefined)
      throw new BulkheadError("server/host-taken", `a host '${request.name}' has joined already`);
    if (!tokens.use(token.id)) refuse("the token has no use left");
    if (taken !== undefined) hosts.remove(taken.id);
    const host: StoredHost = {
      ...NEW,
      id: randomUUID(),
      name: request.name,
      labels: token.labels,
      blocks: token.blocks,
      addresses: request.addresses,
      joinedAt: now(),
      token: token.id,
    };
    hosts.add({ ...host, token: token.id });
    const { pem, renewAt } = await this.#issue(host, publicKey);
    estate.joined(host, `token ${token.id}`);
    return {
      host: host.name,
      certificate: pem,
      roots: [...authority.roots],
      renewAt,
      labels: { ...host.labels },
    };
  }

  /** For a host that proved itself by its certificate. Throws `server/host-refused`. */
  async renew(
    host: StoredHost,
    { publicKey: text, signature, nonce }: { publicKey: string; signature: string; nonce: string },
  ): Promise<Renewal> {
    const publicKey = Buffer.from(text, "base64");
    const message = renewMessage({ hostId: host.name, publicKey, nonce });
    const isProven = verifyProof({ publicKey, message, signature: Buffer.from(signature, "base64") });
    if (!this.nonces.use(nonce) || !isProven)
      throw new BulkheadError("server/host-refused", "the host does not prove that it has the new key");
    return this.#issue(host, publicKey);
  }

  /** Whether a certificate that ended then can still be renewed. */
  isWithinGrace(notAfter: number): boolean {
    return this.#parts.now() <= notAfter + this.#parts.settings.all().graceSeconds * 1000;
  }

  /** When a certificate should be renewed: at two thirds of its life, and at once where an older root has signed it. */
  renewAt({ serial, notAfter }: { readonly serial: string; readonly notAfter: number }): number {
    const { authority, hosts, now } = this.#parts;
    if (hosts.generationOf(serial) !== authority.generation) return now();
    return Math.round(Math.max(now(), notAfter - (notAfter - now()) / 3));
  }

  async #issue(host: StoredHost, publicKey: Buffer): Promise<Renewal> {
    const { authority, hosts, settings, now } = this.#parts;
    const seconds = settings.all().certificateSeconds;
    const issued = await authority.issueHost({
      host: { id: host.id, name: host.name },
      publicKey,
      now: now(),
      seconds,
    });
    const { serial, notAfter, pem, generation } = issued;
    const key = createPublicKey({ key: publicKey, format: "der", type: "spki" });
    hosts.addCertificate({ serial, host: host.id, publicKey: publicKeyHash(key), notAfter, generation });
    return { pem, renewAt: now() + Math.round((seconds * 1000 * 2) / 3) };
  }

  #token({ token: text }: JoinRequest): StoredToken {
    const read = parseJoinToken(text);
    if ("problem" in read) throw new BulkheadError("server/join-refused", read.problem);
    const known = this.#parts.tokens.find(read.id);
    // Compared also where there is none, so that nobody learns which ids there are.
    const isRight = isSecret(read.secret, known?.secretHash ?? NO_HASH);
    if (known === undefined || !isRight) {
      if (known !== undefined) this.#parts.tokens.countRefused(known.id);
      throw new BulkheadError("server/join-refused", "the server does not know this token");
    }
    return known;
  }
}

const NO_HASH = "0".repeat(64);

const NEW = {
  seenAt: undefined,
  revokedAt: undefined,
  lapsedAt: undefined,
  isolated: undefined,
  state: undefined,
  stateAt: undefined,
  inventory: undefined,
} as const;
