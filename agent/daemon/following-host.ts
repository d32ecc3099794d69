/** What the policy needs to know of this host, followed: names, units and accounts as they are now, without waiting for them. */

import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import { cgroupMount } from "../kernel/host/cgroup-mount.ts";
import { askName } from "../kernel/host/dns.ts";
import { UnitWatch } from "../kernel/host/unit-watch.ts";
import type { ConntrackRoom, FactsNeeded, HostRoom } from "../kernel/kernel.ts";
import { NamesFollower } from "./names-follower.ts";
import { watchPaths } from "./path-watch.ts";

const ACCOUNTS = "/etc/passwd";
/** For accounts that only another name service knows. */
const ACCOUNTS_MILLISECONDS = 60_000;
/** A new name may take so long before the policy goes on without it; its addresses follow when they come. */
const FIRST_ANSWER_MILLISECONDS = 5_000;

export interface FollowingOptions {
  readonly host: HostRoom;
  readonly conntrack: ConntrackRoom;
  /** What was resolved may be something else now. */
  readonly changed: () => void;
}

export class FollowingHost implements HostRoom, Disposable {
  readonly #host: HostRoom;
  readonly #changed: () => void;
  readonly #names: NamesFollower;
  readonly #units: UnitWatch | undefined;
  #accounts: { readonly watch: Disposable; readonly timer: NodeJS.Timeout } | undefined;

  constructor({ host, conntrack, changed }: FollowingOptions) {
    this.#host = host;
    this.#changed = changed;
    const isInUse = (address: string) =>
      conntrack
        .dump()
        .entries.some(({ destination, source }) => destination === address || source === address);
    this.#names = new NamesFollower({ ask: askName, now: () => performance.now(), changed, isInUse });
    const mount = cgroupMount();
    this.#units = mount && new UnitWatch(mount, changed);
  }

  name(): string {
    return this.#host.name();
  }

  addresses(): readonly string[] {
    return this.#host.addresses();
  }

  callerPorts(): readonly [number, number] {
    return this.#host.callerPorts();
  }

  /** Follows what is asked for from now on. What is not known yet, its name apart, is looked up. */
  async resolve(need: FactsNeeded): ReturnType<HostRoom["resolve"]> {
    this.#units?.follow(need.units);
    this.#followAccounts(need.users);
    const { facts, missing } = await this.#host.resolve({ ...need, names: [] });
    await Promise.race([this.#names.follow(need.names), elapsed(FIRST_ANSWER_MILLISECONDS)]);
    const known = this.#names.known();
    return { facts: { ...facts, names: known.names }, missing: [...known.missing, ...missing] };
  }

  /** What was known before the daemon started. */
  remember({ names }: HostFacts): void {
    this.#names.remember(names);
  }

  askAgain(): void {
    this.#names.askAgain();
  }

  [Symbol.dispose](): void {
    this.#names[Symbol.dispose]();
    this.#units?.[Symbol.dispose]();
    this.#followAccounts([]);
  }

  #followAccounts(users: readonly string[]): void {
    if (users.length > 0 === (this.#accounts !== undefined)) return;
    if (this.#accounts === undefined) {
      const timer = setInterval(this.#changed, ACCOUNTS_MILLISECONDS).unref();
      this.#accounts = { watch: watchPaths([ACCOUNTS], this.#changed), timer };
      return;
    }
    clearInterval(this.#accounts.timer);
    this.#accounts.watch[Symbol.dispose]();
    this.#accounts = undefined;
  }
}

function elapsed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
