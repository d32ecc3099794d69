/** Passwords, kept as argon2id (RFC 9106) in a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`. */

import { argon2 as argon2WithCallback, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

const argon2 = promisify(argon2WithCallback);

/** What a hash costs: OWASP's second choice of equals for argon2id. */
export interface Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

export const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43,86})$/;

/** So many hashes are made at once, and so many more wait: each takes 19 MiB and a core. */
const AT_ONCE = 2;
const MOST_WAITING = 32;

/** Makes and checks hashes, a few at a time. */
export class Passwords {
  /** How many hashes were made: the same for every attempt to sign in, whatever comes of it. */
  made = 0;
  readonly #cost: Cost;
  /** Of a password that nobody has: checked where there is nothing to check, so that it takes the same time. */
  readonly #nobodys: string;
  #free = AT_ONCE;
  readonly #waiting: (() => void)[] = [];

  constructor(cost: Cost = COST) {
    this.#cost = cost;
    this.#nobodys = phc(cost, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
  }

  /** Throws `server/overloaded`. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    return phc(this.#cost, salt, await this.#compute(password, this.#cost, salt, HASH_BYTES));
  }

  /** Whether it is this password; false, at the same cost, where there is no hash. Throws `server/overloaded`. */
  async isRight(password: string, kept: string | null | undefined): Promise<boolean> {
    const { cost, salt, hash } = parsed(kept ?? this.#nobodys);
    const computed = await this.#compute(password, cost, salt, hash.length);
    return timingSafeEqual(computed, hash) && kept != null;
  }

  /** Whether the hash was made at another cost than new ones are. */
  isOutdated(kept: string): boolean {
    const { cost } = parsed(kept);
    const { memory, passes, parallelism } = this.#cost;
    return cost.memory !== memory || cost.passes !== passes || cost.parallelism !== parallelism;
  }

  async #compute(password: string, cost: Cost, nonce: Buffer, tagLength: number): Promise<Buffer> {
    // However somebody's keyboard composes an umlaut, it is the same password (RFC 8265, 4.2).
    const message = password.normalize("NFC");
    await this.#turn();
    try {
      this.made++;
      return await argon2("argon2id", { ...cost, message, nonce, tagLength });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  async #turn(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    if (this.#waiting.length >= MOST_WAITING)
      throw new BulkheadError("server/overloaded", `${MOST_WAITING} passwords wait to be looked at already`);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

function phc({ memory, passes, parallelism }: Cost, salt: Buffer, hash: Buffer): string {
  const [saltText, hashText] = [salt, hash].map((bytes) => bytes.toString("base64").replace(/=+$/, ""));
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${saltText}$${hashText}`;
}

function parsed(text: string): { readonly cost: Cost; readonly salt: Buffer; readonly hash: Buffer } {
  const [, memory, passes, parallelism, salt, hash] = PHC.exec(text) ?? [];
  if (salt === undefined || hash === undefined)
    throw new BulkheadError("server/store-unusable", "an account's password is kept in an unknown form");
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
}
