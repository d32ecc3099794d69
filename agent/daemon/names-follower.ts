/** DNS names of the policy and their addresses, kept up to date: asked again when an answer's time is over, and never forgotten too early. */

import { compareAddresses, parseAddress } from "@bulkhead/shared/net/address.ts";
import type { AskedName } from "../kernel/host/dns.ts";

const SHORTEST = 5_000;
const LONGEST = 3_600_000;
/** What is no longer answered stays for twice its time to live, and at least so long: connections to it are on their way. */
const GRACE = 60_000;
/** How often an address is looked at again that only flows keep alive. */
const IN_USE = 30_000;
const MOST_ADDRESSES = 1_000;

export interface NamesOptions {
  /** Never throws. */
  readonly ask: (name: string) => Promise<AskedName>;
  /** Milliseconds, of a clock that only goes forward. */
  readonly now: () => number;
  /** The addresses of some name are others now. */
  readonly changed: () => void;
  /** Whether a connection of this host goes to the address. */
  readonly isInUse: (address: string) => boolean;
}

interface Followed {
  /** Address -> until when it counts without being answered again. */
  readonly addresses: Map<string, number>;
  trouble: string | undefined;
  failures: number;
  timer: NodeJS.Timeout | undefined;
  first: Promise<void> | undefined;
}

export class NamesFollower implements Disposable {
  readonly #options: NamesOptions;
  readonly #followed = new Map<string, Followed>();

  constructor(options: NamesOptions) {
    this.#options = options;
  }

  /** Follows these names and no others. Resolves when each has been asked for once. */
  async follow(names: readonly string[]): Promise<void> {
    const wanted = new Set(names);
    for (const [name, followed] of this.#followed)
      if (!wanted.has(name)) {
        clearTimeout(followed.timer);
        this.#followed.delete(name);
      }
    for (const name of wanted) if (!this.#followed.has(name)) this.#begin(name);
    await Promise.all([...this.#followed.values()].map(({ first }) => first));
  }

  /** Addresses that a name is known by from before, so that a restart without a DNS server forgets nothing. */
  remember(names: Readonly<Record<string, readonly string[]>>): void {
    for (const [name, addresses] of Object.entries(names)) {
      const followed = this.#followed.get(name);
      if (followed === undefined || followed.addresses.size > 0) continue;
      for (const address of addresses) followed.addresses.set(address, this.#options.now() + GRACE);
    }
  }

  /** What is known now. Names without an address are left out of `names`. */
  known(): {
    readonly names: Readonly<Record<string, readonly string[]>>;
    readonly missing: readonly string[];
  } {
    const found = [...this.#followed].filter(([, { addresses }]) => addresses.size > 0);
    return {
      names: Object.fromEntries(found.map(([name, { addresses }]) => [name, [...addresses.keys()]])),
      missing: [...this.#followed].flatMap(([name, { trouble }]) =>
        trouble === undefined ? [] : [`the DNS name ${name} ${trouble}`],
      ),
    };
  }

  /** Asks for everything now. */
  askAgain(): void {
    for (const [name, followed] of this.#followed) this.#schedule(name, followed, 0);
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#followed.values()) clearTimeout(timer);
    this.#followed.clear();
  }

  #begin(name: string): void {
    const followed: Followed = {
      addresses: new Map(),
      trouble: undefined,
      failures: 0,
      timer: undefined,
      first: undefined,
    };
    this.#followed.set(name, followed);
    followed.first = this.#look(name, followed).then(() => {
      followed.first = undefined;
    });
  }

  async #look(name: string, followed: Followed): Promise<void> {
    const answer = await this.#options.ask(name);
    if (this.#followed.get(name) !== followed) return;
    const before = [...followed.addresses.keys()].join();
    const next = "addresses" in answer ? this.#take(followed, answer) : this.#fail(followed, answer.trouble);
    if ([...followed.addresses.keys()].join() !== before && followed.first === undefined)
      this.#options.changed();
    this.#schedule(name, followed, next);
  }

  /** Gives the milliseconds until the next question. */
  #take(followed: Followed, { addresses }: Extract<AskedName, { addresses: unknown }>): number {
    const now = this.#options.now();
    followed.failures = 0;
    const rest = addresses.length - MOST_ADDRESSES;
    followed.trouble = rest > 0 ? `has ${rest} addresses beyond the first ${MOST_ADDRESSES}` : undefined;
    for (const { address, ttlSeconds } of addresses.slice(0, MOST_ADDRESSES))
      followed.addresses.set(address, now + Math.max(GRACE, 2000 * ttlSeconds));
    this.#forgetOld(followed, now);
    const shortest = Math.min(...addresses.map(({ ttlSeconds }) => 1000 * ttlSeconds), LONGEST);
    const leaving = Math.min(...followed.addresses.values()) - now;
    return Math.max(SHORTEST, Math.min(shortest, leaving));
  }

  /** A server that is away changes nothing. */
  #fail(followed: Followed, trouble: string): number {
    followed.trouble =
      followed.addresses.size === 0 ? trouble : `${trouble}; it keeps the addresses that it had`;
    followed.failures += 1;
    return Math.min(SHORTEST * 2 ** Math.min(followed.failures - 1, 4), 60_000);
  }

  #forgetOld({ addresses }: Followed, now: number): void {
    for (const [address, until] of addresses) {
      if (until > now) continue;
      if (this.#options.isInUse(address)) addresses.set(address, now + IN_USE);
      else addresses.delete(address);
    }
    // In one order, whatever the order of the answers: equal addresses are equal facts.
    const sorted = [...addresses].sort(([a], [b]) => compareTexts(a, b));
    addresses.clear();
    for (const [address, until] of sorted) addresses.set(address, until);
  }

  #schedule(name: string, followed: Followed, milliseconds: number): void {
    clearTimeout(followed.timer);
    followed.timer = setTimeout(() => this.#look(name, followed), milliseconds).unref();
  }
}

function compareTexts(a: string, b: string): number {
  const [first, second] = [parseAddress(a), parseAddress(b)];
  return first === undefined || second === undefined ? 0 : compareAddresses(first, second);
}
