/** Who this host is to its server: key, certificate, the authority's roots, and where the server is. In a folder of the state directory, for root alone. */

import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ServerEnd } from "@bulkhead/shared/rules/host-policy.ts";
import { writeDurably } from "../apply/durable-file.ts";

export interface Identity {
  /** `https://HOST:PORT` */
  readonly url: string;
  /** The name by which the server knows this host. */
  readonly host: string;
  /** PKCS #8 and X.509, PEM. */
  readonly key: string;
  readonly certificate: string;
  readonly roots: readonly string[];
  /** Milliseconds since 1970: when the certificate is to be renewed. */
  readonly renewAt: number;
}

/** What is remembered of the server beside that. */
export interface Remembered {
  /** The policy that was in force last: its version, when it was activated, its files' digest, and its own. */
  readonly version: number;
  readonly revision: number;
  readonly content: string | null;
  readonly body: string | null;
  /** Where the server was reached last. */
  readonly ends: readonly ServerEnd[];
}

const NOTHING: Remembered = { version: 0, revision: 0, content: null, body: null, ends: [] };

export class IdentityFiles {
  readonly #directory: string;

  constructor(stateDirectory: string) {
    this.#directory = join(stateDirectory, "link");
  }

  /** Undefined where this host has not joined. Throws `link/identity-unusable`. */
  read(): Identity | undefined {
    const text = this.#text("identity.json");
    if (text === undefined) return undefined;
    try {
      const { url, host, key, certificate, roots, renewAt } = JSON.parse(text);
      if ([url, host, key, certificate].every((part) => typeof part === "string") && Array.isArray(roots))
        return { url, host, key, certificate, roots, renewAt: Number(renewAt) };
    } catch {
      // Told below, as what else is wrong with it.
    }
    throw new BulkheadError("link/identity-unusable", `${join(this.#directory, "identity.json")} is damaged`);
  }

  /** In one file, so that key and certificate always belong together. */
  write(identity: Identity): void {
    this.#write("identity.json", { formatVersion: 1, ...identity });
  }

  remembered(): Remembered {
    try {
      const { version, revision, content, body, ends } = JSON.parse(this.#text("server.json") ?? "");
      return { version: Number(version), revision: Number(revision), content, body, ends };
    } catch {
      return NOTHING;
    }
  }

  /** A disk that takes nothing costs a snapshot at the next connection. */
  remember(remembered: Remembered): void {
    try {
      this.#write("server.json", remembered);
    } catch {
      // Said of the state itself.
    }
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #write(name: string, content: object): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    writeDurably(join(this.#directory, name), `${JSON.stringify(content)}\n`);
  }

  #text(name: string): string | undefined {
    try {
      return readFileSync(join(this.#directory, name), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new BulkheadError(
        "link/identity-unusable",
        `${join(this.#directory, name)}: ${(error as Error).message}`,
      );
    }
  }
}

export interface NewKey {
  readonly pem: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  readonly key: KeyObject;
}

/** A key that never leaves this host: P-256. */
export function makeKey(): NewKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    key: privateKey,
    pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: publicKey.export({ type: "spki", format: "der" }),
  };
}
