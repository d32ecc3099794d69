/** The server's own certificate authority: it says who is a host, and until when, and knows its own word again. */

import { randomBytes, sign as signatureOf } from "node:crypto";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { readHostCertificate, serialOf } from "./host-certificate.ts";
import { certifyHost, certifyServer, type HostRequest, type Issue } from "./issuing.ts";
import { publicKeyHash } from "./public-key.ts";
import { crossSign, makeRoot, openRoot, type Root, type RootSpec } from "./root.ts";
import { readRoots, removeRoot } from "./root-files.ts";
import { validityOf } from "./signing.ts";
import { type CertificateVerdict, verdictAt } from "./verdict.ts";

export interface ServerCertificate {
  /** PKCS #8 in PEM. */
  readonly key: string;
  /**
   * PEM: the server's own, a bridge to it from an older root that is still trusted, and these roots themselves. So whoever knows either root knows the server, and whoever has
   * a fingerprint finds its root here: the certificate with this key that issued itself (the bridge bears the new root's key as well).
   */
  readonly certificate: string;
  readonly notAfter: number;
}

export interface IssuedCertificate {
  readonly pem: string;
  /** Of the root that signed it. */
  readonly generation: number;
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A root that is trusted. */
export interface TrustedRoot {
  /** 1 for the first; each rotation counts one up. */
  readonly generation: number;
  /** As `Authority.fingerprint`. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

type Roots = readonly [newest: Root, ...older: Root[]];

/**
 * Opens the authority in this directory, or makes it where there is none. The directory is one server's alone.
 * Throws `server/authority-unsafe` where others could read a key, `server/authority-unusable` where files are missing, damaged or cannot be written.
 */
export async function openAuthority(given: {
  directory: string;
  now: number;
  /** Gives as many random bytes as it is asked for; for serial numbers only. */
  random?: (bytes: number) => Buffer;
}): Promise<Authority> {
  const spec = { ...given, random: given.random ?? randomBytes };
  const [newest, ...older] = readRoots(spec.directory);
  if (newest === undefined) return new Authority(spec, [await makeRoot(spec, 1)]);
  const opened = await Promise.all(older.map((stored) => openRoot(spec, stored)));
  return new Authority(spec, [await openRoot(spec, newest), ...opened]);
}

export class Authority {
  readonly #spec: RootSpec;
  #roots: Roots;
  #isRotating = false;

  constructor(spec: RootSpec, roots: Roots) {
    this.#spec = spec;
    this.#roots = roots;
  }

  /** Of the root that signs now: `sha256:` and 64 hexadecimal digits over its SubjectPublicKeyInfo. */
  get fingerprint(): string {
    return `sha256:${publicKeyHash(this.#roots[0].publicKey)}`;
  }

  /** Of the root that signs now. */
  get generation(): number {
    return this.#roots[0].generation;
  }

  /** The one that signs now first. */
  get trusted(): readonly TrustedRoot[] {
    return this.#roots.map(({ generation, publicKey, validity }) => ({
      generation,
      fingerprint: `sha256:${publicKeyHash(publicKey)}`,
      notAfter: validity.notAfter,
    }));
  }

  /** The root that signs now. */
  get rootPem(): string {
    return this.#roots[0].certificate.toString();
  }

  /** All roots that are trusted, in PEM, the one that signs now first. */
  get roots(): readonly string[] {
    return this.#roots.map(({ certificate }) => certificate.toString());
  }

  /** A new key and certificate for these DNS names and addresses. Throws `server/certificate-refused`, `server/authority-out-of-time`. */
  async serverCertificate(request: {
    names: readonly string[];
    now: number;
    days?: number;
  }): Promise<ServerCertificate> {
    const { names, now, days = 90 } = request;
    const [root, ...older] = this.#roots;
    const { privateKey, certificate } = await certifyServer(this.#issue(root, now), { names, days });
    const bridges = await Promise.all(older.map((old) => crossSign({ ...this.#spec, now }, root, old)));
    const roots = [root, ...older].map((each) => each.certificate);
    return {
      key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
      // The bridge comes before the new root: OpenSSL takes the first certificate that fits, and looks among those that it trusts before.
      certificate: [certificate, ...bridges, ...roots].join(""),
      notAfter: validityOf(certificate).notAfter,
    };
  }

  /** A host's certificate for a P-256 or Ed25519 key. It begins five minutes back, and ends with its root at the latest. Throws `server/certificate-refused`, `server/authority-out-of-time`. */
  async issueHost(request: HostRequest & { now: number }): Promise<IssuedCertificate> {
    const [root] = this.#roots;
    const certificate = await certifyHost(this.#issue(root, request.now), request);
    const { generation } = root;
    return {
      pem: certificate.toString(),
      generation,
      serial: serialOf(certificate),
      ...validityOf(certificate),
    };
  }

  /**
   * A signature (ECDSA with SHA-256, DER, in base64) of the root that signs now, by which others see that this server has said so. The statement begins with words of
   * ours, so that it can be taken for no certificate.
   */
  attest(statement: `bulkhead ${string}`): string {
    return signatureOf("sha256", Buffer.from(statement), this.#roots[0].privateKey).toString("base64");
  }

  /** What a certificate (DER, from anybody) is worth at this moment. Never throws. Whether it was revoked is not asked here: go by serial and key. */
  check(certificate: Buffer, now: number): CertificateVerdict {
    const keys = this.#roots.map(({ publicKey }) => publicKey);
    const read = readHostCertificate(certificate, keys);
    return "kind" in read ? read : verdictAt(read, now);
  }

  /** From now on a new root signs; the one before stays trusted. Throws `server/authority-rotation` while an earlier rotation is not done, `server/authority-unusable`. */
  async rotate(now: number): Promise<void> {
    if (this.#isRotating || this.#roots.length > 1)
      throw new BulkheadError("server/authority-rotation", "a rotation of the authority is under way");
    this.#isRotating = true;
    try {
      const [root] = this.#roots;
      this.#roots = [await makeRoot({ ...this.#spec, now }, root.generation + 1), root];
    } finally {
      this.#isRotating = false;
    }
  }

  /** Trusts the newest root only: what the older one signed is refused from here on. Throws `server/authority-rotation` where there is no older one. */
  retire(): void {
    const [newest, ...older] = this.#roots;
    if (older.length === 0)
      throw new BulkheadError("server/authority-rotation", "there is only one root, and it signs", {
        remedy: "Rotate the authority first, and let every host renew its certificate.",
      });
    this.#roots = [newest];
    for (const { generation } of older) removeRoot(this.#spec.directory, generation);
  }

  #issue(root: Root, now: number): Issue {
    return { root, now, serial: this.#spec.random(16) };
  }
}
