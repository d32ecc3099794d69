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
import type { HostRecord } from "@bulkhead/shared/segments/inventory.ts";
import { Isolation, type OwnEnd } from "./isolation.ts";
import { Layer, type Order } from "./layer.ts";

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

export interface ActivePolicy extends Order {
  readonly policy: Policy;
}

/** A version on its way, and the hosts that it has come to. */
export interface Underway {
  readonly next: ActivePolicy;
  readonly moved: Iterable<string>;
  /** As for the active one. */
  readonly hosts: Iterable<Host>;
}

interface Attached {
  readonly subscriber: Subscriber;
  body: string | undefined;
  groups: ReadonlySet<string>;
  /** The one whose groups these are. */
  layer: Layer<Attached> | undefined;
}

interface Bringing {
  readonly confirmWithinSeconds?: number | undefined;
}

interface Provision extends Bringing {
  readonly hosts?: Iterable<Host>;
  /** Seconds for which it is tried still, whenever that is asked for. */
  readonly trialSeconds?: (() => number) | undefined;
}

export class Distribution {
  #base: Layer<Attached> | undefined;
  /** The version that a rollout brings, while it is under way. */
  #next: Layer<Attached> | undefined;
  /** Hosts that follow the next one. */
  readonly #moved = new Set<string>();
  /** Seconds for which the active version is tried still. */
  #trialSeconds: (() => number) | undefined;
  readonly #hosts = new Map<string, Host>();
  readonly #attached = new Map<string, Attached>();
  #index: EstateIndex | undefined;
  readonly #isolation: Isolation;

  /**
   * @param hosts all that have joined and are not revoked, with those of the active policy that have no agent.
   * @param own where agents reach this server.
   */
  constructor(
    hosts: Iterable<Host>,
    active: ActivePolicy | undefined,
    underway?: Underway,
    own?: () => OwnEnd | undefined,
  ) {
    this.#isolation = new Isolation(own);
    for (const host of hosts) this.#hosts.set(host.name, host);
    if (active !== undefined) this.provision(active, {});
    if (underway === undefined) return;
    this.begin(underway.next, underway.hosts);
    for (const host of underway.moved) this.#moved.add(host);
  }

  /** Whether the active version is tried. */
  get isOnTrial(): boolean {
    return this.#trialSeconds !== undefined;
  }

  /** Of the version that is active, whatever is under way. */
  get version(): number {
    return this.#base?.order.version ?? 0;
  }

  get hosts(): ReadonlyMap<string, Host> {
    return this.#hosts;
  }

  get policy(): Policy | undefined {
    return this.#base?.policy;
  }

  /** The version that a host is to follow. */
  follows(name: string): Order | undefined {
    return this.#layerOf(name)?.order;
  }

  /** A host with what follows from its labels under the policy that it is to follow. */
  record(name: string): HostRecord | undefined {
    return this.#layerOf(name)?.hosts.get(name);
  }

  /** The name of a host that has this address; of several, any. */
  hostAt(address: string): string | undefined {
    return this.#owners().get(address);
  }

  /** How many hosts are in a segment. */
  segmentSize(segment: string): number {
    return this.#sizes().get(segment) ?? 0;
  }

  /** The active version is tried, and whoever is connected from now on is told for how many seconds still. */
  setTrial(secondsLeft: () => number): void {
    this.#trialSeconds = secondsLeft;
  }

  /** The active version holds for good: everybody is told. */
  endTrial(): void {
    this.#trialSeconds = undefined;
    for (const [attached, known] of this.#whatTheyHave()) this.#bring(attached, known, {});
  }

  /** Makes another policy the active one, and ends what is under way. Everybody gets what is new for them, on probation where seconds are given. */
  provision({ policy, ...order }: ActivePolicy, bringing: Provision): void {
    const { confirmWithinSeconds, hosts, trialSeconds } = bringing;
    this.#trialSeconds = trialSeconds;
    const all = this.#whatTheyHave();
    this.#take(hosts);
    const before = this.#base;
    this.#base = new Layer(order, policy, this.#hosts.values(), (id) => before?.known(id));
    this.#forgetNext();
    for (const [attached, known] of all) this.#bring(attached, known, { confirmWithinSeconds });
  }

  /** A version stands beside the active one from now on, and nobody follows it yet. */
  begin({ policy, ...order }: ActivePolicy, hosts: Iterable<Host>): void {
    if (this.#next !== undefined) throw new RangeError("another version is under way");
    const base = this.#base;
    this.#next = new Layer(order, policy, hosts, (id) => base?.known(id)?.fork());
  }

  /** These hosts follow the version that is under way from now on. */
  move(hosts: Iterable<string>, bringing: Bringing): void {
    if (this.#next === undefined) throw new RangeError("nothing is under way");
    for (const host of hosts) {
      const attached = this.#attached.get(host);
      const known = attached && this.#knownTo(attached);
      this.#moved.add(host);
      if (attached !== undefined && known !== undefined) this.#bring(attached, known, bringing);
    }
  }

  /** What is under way has come to everybody, and is the active one. */
  finish(hosts: Iterable<Host>, bringing: Bringing): void {
    const next = this.#next;
    if (next === undefined) throw new RangeError("nothing is under way");
    const late = this.#whatTheyHave().filter(([{ subscriber }]) => !this.#moved.has(subscriber.host));
    this.#take(hosts);
    this.#base = next;
    this.#forgetNext();
    for (const [attached, known] of late) this.#bring(attached, known, bringing);
  }

  /** Those who followed what is under way go back to the active version, under its new order. Nobody else is told anything. */
  retreat({ version, revision, content }: Order, bringing: Bringing): void {
    if (this.#base === undefined) throw new RangeError("there is nothing to go back to");
    const moved = this.#whatTheyHave().filter(([{ subscriber }]) => this.#moved.has(subscriber.host));
    // Just that: what is told to hosts is made of it.
    this.#base.order = { version, revision, content };
    this.#index = undefined;
    this.#forgetNext();
    for (const [attached, known] of moved) this.#bring(attached, known, bringing);
  }

  /** A host is there, or is another than before. */
  put(host: Host): void {
    this.#index = undefined;
    this.#hosts.set(host.name, host);
    this.#change(host.name, (layer) => layer.put(host));
  }

  remove(name: string): void {
    this.#index = undefined;
    this.#hosts.delete(name);
    this.#change(name, (layer) => layer.remove(name));
  }

  /** The host refuses everybody, and everybody refuses the host, but for these blocks. */
  isolate(host: string, management: readonly string[]): void {
    this.#isolation.begin(host, management);
    this.#againFrom(host);
  }

  release(host: string): void {
    this.#isolation.end(host);
    this.#againFrom(host);
  }

  /** Somebody has connected: gets the difference to what they have, and every change from then on; with `isKept`, only what is provisioned from then on. */
  attach(subscriber: Subscriber, known: Known, { isKept = false } = {}): void {
    this.detach(subscriber.host);
    const attached: Attached = {
      ...{ subscriber, body: known.digest ?? undefined, groups: new Set() },
      layer: this.#layerOf(subscriber.host),
    };
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
    this.#name(attached, attached.layer, []);
    this.#attached.delete(host);
  }

  /** Sends these groups whole to a host that lost them. */
  resend(host: string, groups: readonly string[]): void {
    const attached = this.#attached.get(host);
    for (const id of groups) {
      const state = attached?.layer?.known(id);
      if (attached === undefined || state === undefined || !attached.groups.has(id)) continue;
      for (const step of state.since(undefined))
        send(attached, { type: "members", hold: false, group: id, ...step });
    }
  }

  /** What a host should say that it enforces; undefined where there is nothing for it. */
  expected(host: string): { readonly version: number; readonly digest: string } | undefined {
    const layer = this.#layerOf(host);
    const policy = this.#policyOf(host);
    if (policy === undefined || layer === undefined) return undefined;
    const groups = hostGroups(policy).map((id) => [id, layer.state(id).digest] as const);
    return { version: layer.order.version, digest: stateDigest(hashOf(policy), groups) };
  }

  /** The one that a host is to follow. */
  #layerOf(host: string): Layer<Attached> | undefined {
    return this.#next !== undefined && this.#moved.has(host) ? this.#next : this.#base;
  }

  /** The policy that a host is to enforce, its groups without members. */
  #policyOf(name: string): HostPolicy | undefined {
    const policy = this.#layerOf(name)?.hostPolicy(name);
    const host = this.#hosts.get(name);
    return host === undefined ? policy : this.#isolation.applied(host, policy, this.#hosts);
  }

  #take(hosts: Iterable<Host> | undefined): void {
    this.#index = undefined;
    if (hosts === undefined) return;
    const all = [...hosts];
    this.#hosts.clear();
    for (const host of all) this.#hosts.set(host.name, host);
  }

  #forgetNext(): void {
    this.#next = undefined;
    this.#moved.clear();
  }

  /** Made when it is asked for, and anew when hosts have changed. */
  #owners(): ReadonlyMap<string, string> {
    this.#index ??= indexOf(this.#hosts.values(), this.#base);
    return this.#index.owners;
  }

  #sizes(): ReadonlyMap<string, number> {
    this.#index ??= indexOf(this.#hosts.values(), this.#base);
    return this.#index.sizes;
  }

  /** Everybody's policy may be another one, the host's own first. */
  #againFrom(host: string): void {
    const first = this.#attached.get(host);
    const others = [...this.#attached.values()].filter((attached) => attached !== first);
    for (const attached of first === undefined ? others : [first, ...others])
      this.#bringWhatDiffers(attached);
  }

  #bringWhatDiffers(attached: Attached): void {
    const policy = this.#policyOf(attached.subscriber.host);
    if (policy !== undefined && hashOf(policy) !== attached.body)
      this.#bring(attached, this.#knownTo(attached), {});
  }

  /** Of everybody, before groups become what they are under another policy. */
  #whatTheyHave(): (readonly [Attached, Known])[] {
    return [...this.#attached.values()].map((attached) => [attached, this.#knownTo(attached)] as const);
  }

  #knownTo({ body, groups, layer }: Attached): Known {
    return {
      digest: body ?? null,
      groups: Object.fromEntries(
        [...groups].flatMap((id) => {
          const digest = layer?.known(id)?.digest;
          return digest === undefined ? [] : [[id, digest]];
        }),
      ),
    };
  }

  #change(changed: string, change: (layer: Layer<Attached>) => ReadonlyMap<string, MembersChange>): void {
    for (const layer of [this.#base, this.#next]) if (layer !== undefined) tellMembers(layer, change(layer));
    if (this.#isolation.has(changed)) this.#againFrom(changed);
    const attached = this.#attached.get(changed);
    if (attached !== undefined) this.#bringWhatDiffers(attached);
  }

  /** Brings a host from what it has to what it should have, in one step. */
  #bring(attached: Attached, known: Known, { confirmWithinSeconds }: Bringing): void {
    const { host } = attached.subscriber;
    const layer = this.#layerOf(host);
    const policy = this.#policyOf(host);
    if (policy === undefined || layer === undefined) return;
    const ids = hostGroups(policy);
    for (const id of ids)
      for (const step of layer.state(id).since(known.groups[id]))
        send(attached, { type: "members", hold: true, group: id, ...step });
    this.#name(attached, layer, ids);
    const digest = hashOf(policy);
    const seconds = layer === this.#base ? this.#trialSeconds?.() : undefined;
    const trial = seconds === undefined ? {} : { trialSeconds: seconds };
    if (digest === known.digest) send(attached, { type: "same", ...layer.order, digest, ...trial });
    else {
      const wire = toWire(policy, (id) => layer.state(id).digest);
      const probation = confirmWithinSeconds === undefined ? {} : { confirmWithinSeconds };
      send(attached, { type: "policy", ...layer.order, digest, policy: wire, ...probation, ...trial });
    }
    attached.body = digest;
  }

  #name(attached: Attached, layer: Layer<Attached> | undefined, ids: readonly string[]): void {
    attached.layer?.name(attached, [], attached.groups);
    layer?.name(attached, ids, []);
    attached.layer = layer;
    attached.groups = new Set(ids);
  }
}

/** Members that changed, to those who follow this layer and name the groups. */
function tellMembers(layer: Layer<Attached>, changes: ReadonlyMap<string, MembersChange>): void {
  for (const [id, { add, remove }] of changes) {
    const step = layer.known(id)?.change(add, remove);
    const naming = layer.naming(id);
    if (step === undefined || naming === undefined) continue;
    const frame = JSON.stringify({ type: "members", hold: false, group: id, ...step } satisfies FromServer);
    for (const { subscriber } of naming) subscriber.send(frame);
  }
}

interface EstateIndex {
  readonly owners: ReadonlyMap<string, string>;
  readonly sizes: ReadonlyMap<string, number>;
}

function indexOf(hosts: Iterable<Host>, layer: Layer<Attached> | undefined): EstateIndex {
  const owners = new Map<string, string>();
  const sizes = new Map<string, number>();
  for (const { name, addresses } of hosts) for (const address of addresses) owners.set(address, name);
  for (const { segments } of layer?.hosts.values() ?? [])
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
