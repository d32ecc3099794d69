/** The estate as the server knows it: hosts, the active policy, and what has to be told to whom. Every change goes through here: first into the store, then to those whom it concerns. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Host, Policy } from "@bulkhead/shared/policy/policy.ts";
import type { HostState, ReportedInventory } from "@bulkhead/shared/protocol/messages.ts";
import type { HostReports } from "../store/audit/host-reports.ts";
import type { EventStore } from "../store/estate/event-store.ts";
import type { HostStore, StoredHost } from "../store/estate/host-store.ts";
import type { PolicyFile } from "../store/estate/policy-store.ts";
import type { SettingStore } from "../store/estate/settings.ts";
import type { RolloutStore, StoredRollout } from "../store/rollouts/rollout-store.ts";
import { type Claim, type Claimant, claimOf, type RefusedAddress } from "./address-claims.ts";
import { Astray } from "./astray.ts";
import { Distribution, type Underway } from "./distribution.ts";
import type { OwnEnd } from "./isolation.ts";
import type { JudgingTask } from "./judging/plan.ts";
import { type Sync, syncOf } from "./sync.ts";
import type { Versions } from "./versions.ts";

export interface EstateParts {
  readonly hosts: HostStore;
  readonly versions: Versions;
  readonly events: EventStore;
  readonly settings: SettingStore;
  /** Where what hosts say over time is kept. */
  readonly reports?: HostReports;
  readonly rollouts: RolloutStore;
  readonly now: () => number;
  /** Where agents reach this server, once that is known. */
  readonly own?: () => OwnEnd | undefined;
  /** Told of everything that happens, for those who look on. */
  readonly publish: (event: EstateEvent) => void;
}

export interface EstateEvent {
  readonly kind: string;
  readonly at: number;
  readonly who: string;
  readonly about: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export class Estate {
  readonly distribution: Distribution;
  readonly #parts: EstateParts;
  readonly #connected = new Set<string>();
  /** Nobody can be seen while the server is away: no lease runs before this moment. */
  readonly #since: number;
  /** Hosts with a version that this server has never had, which they keep until somebody provisions. */
  readonly #ahead = new Map<string, number>();

  /** By host, what it claims as its addresses and does not get. */
  readonly #refusedAddresses = new Map<string, readonly RefusedAddress[]>();

  readonly #astray = new Astray();

  constructor(parts: EstateParts) {
    this.#parts = parts;
    this.#since = parts.now();
    const active = parts.versions.active();
    const rollout = parts.rollouts.underway();
    this.distribution = new Distribution(
      this.members(active?.policy),
      active,
      rollout && this.#underway(rollout),
      parts.own,
    );
    for (const { name, isolated } of parts.hosts.all())
      if (isolated !== undefined) this.distribution.isolate(name, isolated);
  }

  hosts(): readonly StoredHost[] {
    return this.#parts.hosts.all();
  }

  find(name: string): StoredHost | undefined {
    return this.#parts.hosts.byName(name);
  }

  /** Throws `server/no-host`. */
  host(name: string): StoredHost {
    const host = this.find(name);
    if (host === undefined) throw new BulkheadError("server/no-host", `no host '${name}' has joined`);
    return host;
  }

  isConnected(name: string): boolean {
    return this.#connected.has(name);
  }

  /** When the lease of a host that is gone ends; undefined while it is connected, or where it is over. */
  leaseEnds(host: StoredHost): number | undefined {
    const { name, revokedAt, lapsedAt, seenAt, joinedAt } = host;
    if (revokedAt !== undefined || lapsedAt !== undefined || this.isConnected(name)) return undefined;
    return Math.max(seenAt ?? joinedAt, this.#since) + this.#parts.settings.all().leaseSeconds * 1000;
  }

  /** The owner of an address among the hosts that have joined, else among those that the policy names. */
  hostAt(address: string): string | undefined {
    return this.distribution.hostAt(address);
  }

  /** The segment that a host is shown in: the smallest, and the first by name of those. */
  segmentOf(name: string): string | undefined {
    const { distribution } = this;
    const size = (segment: string) => distribution.segmentSize(segment);
    const segments = [...(distribution.record(name)?.segments ?? [])];
    return segments.sort((a, b) => size(a) - size(b) || (a < b ? -1 : 1))[0];
  }

  /** A host that has joined: it is a member of the groups from now on. */
  joined(host: StoredHost, who: string): void {
    this.distribution.put(memberOf(host));
    this.#happened("host-joined", who, host.name, { labels: host.labels, addresses: host.addresses });
  }

  connected(name: string): void {
    this.#connected.add(name);
    this.#parts.reports?.connected(name);
    this.#seen(name);
    const host = this.host(name);
    if (host.lapsedAt !== undefined) {
      const event = { kind: "lease-begun", who: `host ${name}`, facts: { addresses: host.addresses } };
      const tell = this.#change(host, event, ({ id }, hosts) => hosts.setLapsed(id, undefined));
      this.distribution.put(memberOf(host));
      tell();
    }
    this.#publish("host-connected", `host ${name}`, name, {});
  }

  /** Whether the host follows a later activation than this server ever had; then it keeps what it has, and an operator decides. */
  isAhead(
    name: string,
    { version, revision }: { readonly version: number; readonly revision: number },
  ): boolean {
    const { versions } = this.#parts;
    const latest = Math.max(versions.revision(), this.distribution.follows(name)?.revision ?? 0);
    if (revision <= latest) {
      this.#ahead.delete(name);
      return false;
    }
    versions.reserve({ version, revision });
    this.#ahead.set(name, version);
    this.#happened("host-ahead", `host ${name}`, name, { version, revision, newest: versions.revision() });
    return true;
  }

  disconnected(name: string, why: string): void {
    if (!this.#connected.delete(name)) return;
    this.#parts.reports?.disconnected(name);
    this.#seen(name);
    this.#publish("host-disconnected", `host ${name}`, name, { why });
  }

  /** What a host claims as its addresses: those that it gets, and those that it does not. */
  claim(host: Claimant, claimed: readonly string[]): Claim {
    return claimOf(host, claimed, this.#parts.hosts);
  }

  /** By host, what it claims as its addresses now and does not get. */
  get refusedAddresses(): ReadonlyMap<string, readonly RefusedAddress[]> {
    return this.#refusedAddresses;
  }

  /** Takes the addresses that the host has now. Gives those that were refused. */
  addresses(name: string, claimed: readonly string[]): readonly RefusedAddress[] {
    const host = this.host(name);
    const { accepted, refused } = this.claim(host, claimed);
    if (refused.length > 0) this.#refusedAddresses.set(name, refused);
    else this.#refusedAddresses.delete(name);
    if (refused.length > 0) this.#happened("address-refused", `host ${name}`, name, { refused });
    if (accepted.join() === host.addresses.join()) return refused;
    const facts = { from: host.addresses, to: accepted };
    const event = { kind: "addresses-changed", who: `host ${name}`, facts };
    const tell = this.#change(host, event, ({ id }, hosts) => hosts.setAddresses(id, accepted));
    this.distribution.put(memberOf({ ...host, addresses: accepted }));
    tell();
    return refused;
  }

  /** Throws `server/no-host`. */
  label(name: string, labels: Readonly<Record<string, string>>, who: string): void {
    const host = this.host(name);
    const event = { kind: "host-labelled", who, facts: { from: host.labels, to: labels } };
    const tell = this.#change(host, event, ({ id }, hosts) => hosts.setLabels(id, labels));
    this.distribution.put(memberOf({ ...host, labels }));
    tell();
  }

  revoke(name: string, who: string): void {
    const host = this.host(name);
    const { labels, addresses } = host;
    const event = { kind: "host-revoked", who, facts: { labels, addresses } };
    const tell = this.#change(host, event, ({ id }, hosts) => hosts.setRevoked(id, this.#parts.now()));
    this.distribution.detach(name);
    this.distribution.remove(name);
    tell();
  }

  /** @param management canonical blocks from which the host may still be reached. */
  isolate(name: string, management: readonly string[], who: string): void {
    const host = this.host(name);
    const event = { kind: "host-isolated", who, facts: { management, before: host.isolated ?? null } };
    const tell = this.#change(host, event, ({ id }, hosts) => hosts.setIsolated(id, management));
    this.distribution.isolate(name, management);
    tell();
  }

  release(name: string, who: string): void {
    const host = this.host(name);
    const event = { kind: "host-released", who, facts: { before: host.isolated ?? null } };
    const tell = this.#change(host, event, ({ id }, hosts) => hosts.setIsolated(id, undefined));
    this.distribution.release(name);
    tell();
  }

  state(name: string, state: HostState): void {
    const host = this.host(name);
    const before = host.state;
    this.#parts.hosts.setState(host.id, state, this.#parts.now());
    this.#parts.reports?.said(name, state, this.distribution.expected(name)?.digest ?? null);
    if (before?.tamperings !== undefined && state.tamperings > before.tamperings)
      this.#happened("tampering", `host ${name}`, name, { what: state.lastTampering });
    this.#publish("host-state", `host ${name}`, name, {
      version: state.version,
      enforcement: state.enforcement,
    });
    this.#helpAstray(name, state);
  }

  /** A host that has enforced something else than it should for a while, although nothing changed, is sent everything anew: whatever was lost, it converges. */
  #helpAstray(name: string, state: HostState): void {
    const expected = this.#ahead.has(name) ? undefined : this.distribution.expected(name)?.digest;
    if (!this.#astray.isLost(name, state, { expected, now: this.#parts.now() })) return;
    this.#happened("host-sent-anew", "server", name, { digest: state.digest, expected });
    this.distribution.anew(name);
  }

  inventory(name: string, inventory: ReportedInventory): void {
    this.#parts.hosts.setInventory(this.host(name).id, inventory);
  }

  /** Somebody has decided what these hosts follow, whatever they had. */
  decided(names: Iterable<string>): void {
    for (const name of names) this.#ahead.delete(name);
  }

  /**
   * Makes a version the active one on all hosts; gives its revision. Throws `server/no-version`, `server/rollout-underway`.
   * @param trialSeconds for how long it is tried still, whenever that is asked for; see `Trials`.
   */
  provision(
    number: number,
    who: string,
    kind: "provision" | "rollback",
    trialSeconds?: () => number,
  ): number {
    this.assertNoRollout();
    const { versions, events } = this.#parts;
    const before = versions.activations()[0];
    const { active, event } = events.whole(() => {
      const active = versions.activate(number, who, kind);
      const { revision, content } = active;
      const event = this.#kept(
        kind === "provision" ? "policy-provisioned" : "policy-rolled-back",
        who,
        String(number),
        {
          ...{ revision, digest: content },
          before: before === undefined ? null : { version: before.policy, revision: before.id },
        },
      );
      return { active, event };
    });
    this.#ahead.clear();
    const { probationSeconds } = this.#parts.settings.all();
    this.distribution.provision(active, {
      confirmWithinSeconds: probationSeconds,
      hosts: this.members(active.policy),
      trialSeconds,
    });
    this.#parts.publish(event);
    return active.revision;
  }

  /** Throws `server/rollout-underway`. */
  assertNoRollout(): void {
    const underway = this.#parts.rollouts.underway();
    if (underway === undefined) return;
    const { number, version, state } = underway;
    throw new BulkheadError(
      "server/rollout-underway",
      `version ${version} is on its way to the hosts (rollout ${number}, ${state})`,
    );
  }

  /** A draft, and all that it has to be judged by: the active version, and the hosts that there are. */
  judgingTask(draft: readonly PolicyFile[]): JudgingTask {
    return { draft, ...this.judged() };
  }

  /** What recorded flows are judged by: the active version, and the hosts that there are. */
  judged(): Omit<JudgingTask, "draft"> {
    const { versions, now } = this.#parts;
    const active = versions.active();
    const isThere = ({ revokedAt, lapsedAt }: StoredHost) =>
      revokedAt === undefined && lapsedAt === undefined;
    const hosts = this.hosts();
    return {
      active: active && versions.files(active.version),
      joined: hosts.filter(isThere).map(memberOf),
      left: hosts.filter((host) => !isThere(host)).map(({ name }) => name),
      now: now(),
    };
  }

  /** What the host should enforce, and whether it said lately that it does. */
  sync(host: StoredHost): Sync {
    const { name } = host;
    return syncOf(host, {
      expected: this.distribution.expected(name)?.digest,
      ahead: this.#ahead.get(name),
      isConnected: this.isConnected(name),
      isOnTrial: this.distribution.isOnTrial,
      now: this.#parts.now(),
    });
  }

  /** Takes hosts out of the groups whose lease has ended. To be called now and then. */
  endLeases(): void {
    const now = this.#parts.now();
    for (const host of this.hosts()) {
      if (now < (this.leaseEnds(host) ?? Number.POSITIVE_INFINITY)) continue;
      const event = { kind: "lease-ended", who: "server", facts: { addresses: host.addresses } };
      const tell = this.#change(host, event, ({ id }, hosts) => hosts.setLapsed(id, now));
      this.distribution.remove(host.name);
      tell();
    }
  }

  #underway({ number, version, revision }: StoredRollout): Underway {
    const { versions, rollouts } = this.#parts;
    const next = versions.activeAs(version, revision);
    const moved = rollouts.hosts(number).filter(({ movedAt }) => movedAt !== undefined);
    return { next, moved: moved.map(({ host }) => host), hosts: this.members(next.policy) };
  }

  /** Those who have joined, and those of the policy that have no agent. */
  members(policy: Policy | undefined): Host[] {
    const joined = this.hosts().filter(
      ({ revokedAt, lapsedAt }) => revokedAt === undefined && lapsedAt === undefined,
    );
    const names = new Set(this.hosts().map(({ name }) => name));
    const unmanaged = [...(policy?.hosts.values() ?? [])].filter(({ name }) => !names.has(name));
    return [...joined.map(memberOf), ...unmanaged];
  }

  #seen(name: string): void {
    const host = this.#parts.hosts.byName(name);
    if (host !== undefined) this.#parts.hosts.setSeen(host.id, this.#parts.now());
  }

  /** What is decided of a host is on disk together with the event that tells of it, before anybody hears of either. Gives what tells those who look on, once it is so for hosts too. */
  #change(
    host: StoredHost,
    { kind, who, facts }: Pick<EstateEvent, "kind" | "who" | "facts">,
    change: (host: StoredHost, hosts: HostStore) => void,
  ): () => void {
    const { hosts, events, publish } = this.#parts;
    const event = events.whole(
      () => {
        change(host, hosts);
        return this.#kept(kind, who, host.name, facts);
      },
      () => hosts.readAgain(host.id),
    );
    return () => publish(event);
  }

  #happened(kind: string, who: string, about: string, facts: Readonly<Record<string, unknown>>): void {
    this.#parts.publish(this.#kept(kind, who, about, facts));
  }

  #kept(kind: string, who: string, about: string, facts: Readonly<Record<string, unknown>>): EstateEvent {
    return this.#parts.events.add({ at: this.#parts.now(), kind, who, about, facts });
  }

  /** What changes too often to be kept. */
  #publish(kind: string, who: string, about: string, facts: Readonly<Record<string, unknown>>): void {
    this.#parts.publish({ at: this.#parts.now(), kind, who, about, facts });
  }
}

function memberOf({ name, addresses, labels }: StoredHost): Host {
  return { name, addresses, labels, place: { file: "joined", line: 0, column: 0 } };
}
