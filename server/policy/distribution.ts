/**
 * Who has to know what. Holds the active policy over the hosts of the estate, and tells those who are connected exactly what changes for them: members of groups as one
 * frame for all who name the group, policies to the host that they are about.
 */

import { createHash } from "node:crypto";
import type { Host, Policy } from "@bulkhead/shared/policy/policy.ts";
import type { FromServer } from "@bulkhead/shared/protocol/messages.ts";
import { bodyText, hostGroups, stateDigest } from "@bulkhead/shared/protocol/state-digest.ts";
import { toWire } from "@bulkhead/shared/protocol/wire-policy.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import type { MembersChange } from "@bulkhead/shared/rules/living-groups.ts";
import { LivingPolicy } from "@bulkhead/shared/rules/living-policy.ts";
import type { HostRecord } from "@bulkhead/shared/segments/inventory.ts";
import { GroupState } from "./group-state.ts";
import { isolation } from "./isolation.ts";

/** A connected host. */
export interface Subscriber {
  /** The host's name. */
  readonly host: string;
  /** Queues a frame; never throws. */
  send(frame: string): void;
}

/** What an agent says that it has. */
export interface Known {
  readonly digest: string | null;
  readonly groups: Readonly<Record<string, string>>;
}

export interface ActivePolicy {
  readonly version: number;
  /** Grows with each activation. */
  readonly revision: number;
  /** SHA-256 of the version's files. */
  readonly content: string;
  readonly policy: Policy;
}

interface Attached {
  readonly subscriber: Subscriber;
  body: string | undefined;
  groups: ReadonlySet<string>;
}

export class Distribution {
  #active: (Omit<ActivePolicy, "policy"> & { readonly living: LivingPolicy }) | undefined;
  #groups = new Map<string, GroupState>();
  readonly #hosts = new Map<string, Host>();
  readonly #attached = new Map<string, Attached>();
  readonly #naming = new Map<string, Set<Attached>>();
  #index: EstateIndex | undefined;
  /** Host -> blocks from which it may still be managed. */
  readonly #isolated = new Map<string, readonly string[]>();

  /** @param hosts all that have joined and are not revoked, with those of the active policy that have no agent. */
  constructor(hosts: Iterable<Host>, active: ActivePolicy | undefined) {
    for (const host of hosts) this.#hosts.set(host.name, host);
    if (active !== undefined) this.provision(active, {});
  }

  get version(): number {
    return this.#active?.version ?? 0;
  }

  get hosts(): ReadonlyMap<string, Host> {
    return this.#hosts;
  }

  get policy(): Policy | undefined {
    return this.#active?.living.policy;
  }

  /** A host with what follows from its labels under the active policy. */
  record(name: string): HostRecord | undefined {
    return this.#active?.living.hosts.get(name);
  }

  /** The name of a host that has this address; of several, any. */
  hostAt(address: string): string | undefined {
    return this.#owners().get(address);
  }

  /** How many hosts are in a segment. */
  segmentSize(segment: string): number {
    return this.#sizes().get(segment) ?? 0;
  }

  /** Makes another policy the active one. Everybody gets what is new for them, on probation where seconds are given. */
  provision(
    { policy, ...order }: ActivePolicy,
    {
      confirmWithinSeconds,
      hosts,
    }: { readonly confirmWithinSeconds?: number; readonly hosts?: Iterable<Host> },
  ): void {
    // What each has, before the groups become what they are under the new policy.
    const all = [...this.#attached.values()].map((attached) => [attached, this.#knownTo(attached)] as const);
    if (hosts !== undefined) {
      this.#hosts.clear();
      for (const host of hosts) this.#hosts.set(host.name, host);
    }
    this.#index = undefined;
    const living = new LivingPolicy(policy, this.#hosts.values());
    this.#active = { ...order, living };
    const before = this.#groups;
    this.#groups = new Map();
    for (const [attached, known] of all) this.#bring(attached, known, { before, confirmWithinSeconds });
  }

  /** A host is there, or is another than before. */
  put(host: Host): void {
    this.#index = undefined;
    this.#hosts.set(host.name, host);
    const changes = this.#active?.living.put(host);
    if (changes !== undefined) this.#tell(changes, host.name);
  }

  remove(name: string): void {
    this.#index = undefined;
    this.#hosts.delete(name);
    const changes = this.#active?.living.remove(name);
    if (changes !== undefined) this.#tell(changes, name);
  }

  isolate(host: string, management: readonly string[]): void {
    this.#isolated.set(host, management);
    this.#again(host);
  }

  release(host: string): void {
    this.#isolated.delete(host);
    this.#again(host);
  }

  /** Somebody has connected: gets the difference to what they have, and every change from then on; with `isKept`, only what is provisioned from then on. */
  attach(subscriber: Subscriber, known: Known, { isKept = false } = {}): void {
    this.detach(subscriber.host);
    const attached: Attached = { subscriber, body: known.digest ?? undefined, groups: new Set() };
    this.#attached.set(subscriber.host, attached);
    if (!isKept) this.#bring(attached, known, {});
  }

  /** Sends a host everything, whatever it was thought to have. */
  anew(host: string): void {
    const attached = this.#attached.get(host);
    if (attached !== undefined) this.#bring(attached, { digest: null, groups: {} }, {});
  }

  detach(host: string): void {
    const attached = this.#attached.get(host);
    if (attached === undefined) return;
    this.#name(attached, []);
    this.#attached.delete(host);
  }

  /** Sends these groups whole to a host that lost them. */
  resend(host: string, groups: readonly string[]): void {
    const attached = this.#attached.get(host);
    for (const id of groups) {
      const state = this.#groups.get(id);
      if (attached === undefined || state === undefined || !attached.groups.has(id)) continue;
      for (const step of state.since(undefined))
        send(attached, { type: "members", hold: false, group: id, ...step });
    }
  }

  /** What a host should say that it enforces; undefined where there is nothing for it. */
  expected(host: string): { readonly version: number; readonly digest: string } | undefined {
    const policy = this.#policyOf(host);
    if (policy === undefined) return undefined;
    const groups = hostGroups(policy).map((id) => [id, this.#state(id).digest] as const);
    return { version: this.version, digest: stateDigest(hashOf(policy), groups) };
  }

  /** The policy that a host is to enforce, its groups without members. */
  #policyOf(name: string): HostPolicy | undefined {
    const policy = this.#active?.living.hostPolicy(name);
    const management = this.#isolated.get(name);
    const host = this.#hosts.get(name);
    if (management !== undefined && host !== undefined) return isolation(host, management);
    return policy;
  }

  /** Made when it is asked for, and anew when hosts have changed. */
  #owners(): ReadonlyMap<string, string> {
    this.#index ??= indexOf(this.#hosts.values(), this.#active?.living);
    return this.#index.owners;
  }

  #sizes(): ReadonlyMap<string, number> {
    this.#index ??= indexOf(this.#hosts.values(), this.#active?.living);
    return this.#index.sizes;
  }

  #again(host: string): void {
    const attached = this.#attached.get(host);
    if (attached !== undefined) this.#bring(attached, this.#knownTo(attached), {});
  }

  #knownTo({ body, groups }: Attached): Known {
    return {
      digest: body ?? null,
      groups: Object.fromEntries([...groups].map((id) => [id, this.#state(id).digest])),
    };
  }

  #tell(changes: ReadonlyMap<string, MembersChange>, changed: string): void {
    for (const [id, { add, remove }] of changes) {
      const step = this.#groups.get(id)?.change(add, remove);
      const naming = this.#naming.get(id);
      if (step === undefined || naming === undefined) continue;
      const frame = JSON.stringify({ type: "members", hold: false, group: id, ...step } satisfies FromServer);
      for (const { subscriber } of naming) subscriber.send(frame);
    }
    const attached = this.#attached.get(changed);
    const policy = this.#policyOf(changed);
    if (attached !== undefined && policy !== undefined && hashOf(policy) !== attached.body)
      this.#bring(attached, this.#knownTo(attached), {});
  }

  /** Brings a host from what it has to what it should have, in one step. */
  #bring(
    attached: Attached,
    known: Known,
    {
      before,
      confirmWithinSeconds,
    }: { before?: ReadonlyMap<string, GroupState>; confirmWithinSeconds?: number | undefined },
  ): void {
    const policy = this.#policyOf(attached.subscriber.host);
    if (policy === undefined) return;
    const ids = hostGroups(policy);
    for (const id of ids)
      for (const step of this.#state(id, before).since(known.groups[id]))
        send(attached, { type: "members", hold: true, group: id, ...step });
    this.#name(attached, ids);
    const digest = hashOf(policy);
    const { version = 0, revision = 0, content = "0" } = this.#active ?? {};
    const order = { version, revision, content };
    if (digest === known.digest) send(attached, { type: "same", ...order, digest });
    else {
      const wire = toWire(policy, (id) => this.#state(id).digest);
      const probation = confirmWithinSeconds === undefined ? {} : { confirmWithinSeconds };
      send(attached, { type: "policy", ...order, digest, policy: wire, ...probation });
    }
    attached.body = digest;
  }

  #name(attached: Attached, ids: readonly string[]): void {
    for (const id of attached.groups) this.#naming.get(id)?.delete(attached);
    attached.groups = new Set(ids);
    for (const id of ids) this.#naming.getOrInsertComputed(id, () => new Set()).add(attached);
  }

  /** A group that was there before goes on from there, so that those who know it need only the difference. */
  #state(id: string, before?: ReadonlyMap<string, GroupState>): GroupState {
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    const members = this.#active?.living.members(id) ?? [];
    const earlier = before?.get(id);
    earlier?.become(members);
    const state = earlier ?? new GroupState(id, members);
    this.#groups.set(id, state);
    return state;
  }
}

interface EstateIndex {
  readonly owners: ReadonlyMap<string, string>;
  readonly sizes: ReadonlyMap<string, number>;
}

function indexOf(hosts: Iterable<Host>, living: LivingPolicy | undefined): EstateIndex {
  const owners = new Map<string, string>();
  const sizes = new Map<string, number>();
  for (const { name, addresses } of hosts) for (const address of addresses) owners.set(address, name);
  for (const { segments } of living?.hosts.values() ?? [])
    for (const segment of segments) sizes.set(segment, (sizes.get(segment) ?? 0) + 1);
  return { owners, sizes };
}

const hashes = new WeakMap<HostPolicy["rules"], Map<string, string>>();

/** Hosts at which the same rules stand share them, so most of the work is done once. */
function hashOf(policy: HostPolicy): string {
  const own = JSON.stringify([policy.host, policy.addresses, policy.modes]);
  const known = hashes.getOrInsertComputed(policy.rules, () => new Map());
  return known.getOrInsertComputed(own, () =>
    createHash("sha256").update(bodyText(policy)).digest("hex").slice(0, 32),
  );
}

function send({ subscriber }: Attached, message: FromServer): void {
  subscriber.send(JSON.stringify(message));
}
