/** What the server tells and what agents make of it: whatever happens in whatever order, those who are connected in the end enforce what resolving everything anew says. */

import { type ActivePolicy, Distribution, type Subscriber } from "@bulkhead/server/policy/distribution.ts";
import { Isolation } from "@bulkhead/server/policy/isolation.ts";
import type { Host, Policy } from "@bulkhead/shared/policy/policy.ts";
import { decodeFromServer } from "@bulkhead/shared/protocol/decode.ts";
import { hostGroups } from "@bulkhead/shared/protocol/state-digest.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { LivingPolicy } from "@bulkhead/shared/rules/living-policy.ts";
import { resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { policySections, resolveSections } from "@bulkhead/shared/rules/testing/arbitrary-policy.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { type Outcome, Received } from "../../agent/link/received.ts";

const MANAGEMENT = ["192.0.2.0/24"];

/** A host's end: frames wait until they are delivered, and are lost where the connection ends before. */
class Agent implements Subscriber {
  readonly host: string;
  readonly waiting: string[] = [];
  received = new Received();
  isConnected = false;

  constructor(host: string) {
    this.host = host;
  }

  send(frame: string): void {
    this.waiting.push(frame);
  }

  /** Returns the groups that it asks for whole. */
  deliver(): readonly string[] {
    const decoded = decodeFromServer(this.waiting.shift() ?? "");
    if ("problem" in decoded) throw new Error(decoded.problem);
    return this.#take(decoded.message).need;
  }

  /** Goes on from what it enforced last. */
  restart(): void {
    const desired = this.received.desired();
    this.received = new Received();
    if (desired !== undefined) this.received.remember(desired.policy, desired.order);
  }

  #take(message: Extract<ReturnType<typeof decodeFromServer>, { message: unknown }>["message"]): Outcome {
    if (message.type === "policy") return this.received.policy(message);
    if (message.type === "same") return this.received.same(message);
    if (message.type === "members") return this.received.members(message);
    throw new Error(`not expected: ${message.type}`);
  }
}

class World {
  readonly #policies: readonly Policy[];
  readonly #all: readonly Host[];
  readonly #hosts: Map<string, Host>;
  readonly #agents: ReadonlyMap<string, Agent>;
  readonly #isolated = new Set<string>();
  #active: Policy;
  #version = 1;
  /** What a rollout brings, and to whom it has come. */
  #next: { readonly policy: Policy; readonly version: number } | undefined;
  readonly #moved = new Set<string>();
  /** The highest number that was given. */
  #newest = 1;
  /** Who was left at an order from before a rollout that went back, and need not be told. */
  readonly #untouched = new Map<string, number>();
  #server: Distribution;

  constructor(policies: readonly [Policy, ...Policy[]]) {
    this.#policies = policies;
    this.#active = policies[0];
    this.#all = [...policies[0].hosts.values()];
    this.#hosts = new Map(this.#all.map((host) => [host.name, host]));
    this.#agents = new Map(this.#all.map(({ name }) => [name, new Agent(name)]));
    this.#server = this.#started();
  }

  get hosts(): number {
    return this.#all.length;
  }

  happen({ kind, which, other }: Step): void {
    const host = this.#all[which % this.#all.length];
    const model = this.#all[other % this.#all.length];
    if (host === undefined || model === undefined) return;
    const { name } = host;
    const agent = this.#agent(name);
    const happenings: Readonly<Record<Step["kind"], () => void>> = {
      put: () => {
        this.#hosts.set(name, { ...host, labels: model.labels });
        this.#server.put({ ...host, labels: model.labels });
      },
      remove: () => {
        this.#disconnect(agent);
        this.#hosts.delete(name);
        this.#server.remove(name);
      },
      connect: () => {
        if (this.#hosts.has(name)) this.#connect(agent);
      },
      disconnect: () => this.#disconnect(agent),
      deliver: () => {
        for (let left = (other % 4) + 1; left > 0; left--) this.#deliver(agent);
      },
      "restart-agent": () => {
        this.#disconnect(agent);
        agent.restart();
      },
      "restart-server": () => {
        for (const each of this.#agents.values()) this.#disconnect(each);
        this.#server = this.#started();
      },
      provision: () => {
        this.#active = this.#policies[other % this.#policies.length] ?? this.#active;
        this.#version = ++this.#newest;
        this.#ended();
        this.#untouched.clear();
        this.#server.provision(this.#provisioned, { confirmWithinSeconds: 60, hosts: this.#hosts.values() });
      },
      begin: () => {
        if (this.#next !== undefined) return;
        const policy = this.#policies[other % this.#policies.length] ?? this.#active;
        this.#ended();
        this.#next = { policy, version: ++this.#newest };
        this.#server.begin(this.#order(this.#next), this.#hosts.values());
      },
      move: () => {
        if (this.#next === undefined) return;
        this.#moved.add(name);
        this.#server.move([name], { confirmWithinSeconds: 60 });
      },
      finish: () => {
        if (this.#next === undefined) return;
        ({ policy: this.#active, version: this.#version } = this.#next);
        this.#ended();
        this.#untouched.clear();
        this.#server.finish(this.#hosts.values(), { confirmWithinSeconds: 60 });
      },
      retreat: () => {
        if (this.#next === undefined) return;
        for (const each of this.#hosts.keys())
          if (!this.#moved.has(each)) this.#untouched.set(each, this.#untouched.get(each) ?? this.#version);
        for (const each of this.#moved) this.#untouched.delete(each);
        this.#version = ++this.#newest;
        this.#ended();
        this.#server.retreat(this.#provisioned, {});
      },
      isolate: () => {
        this.#isolated.add(name);
        this.#server.isolate(name, MANAGEMENT);
      },
      release: () => {
        this.#isolated.delete(name);
        this.#server.release(name);
      },
    };
    happenings[kind]();
  }

  /** Everybody is connected, and has all that is on its way. */
  settle(): void {
    for (const agent of this.#agents.values()) {
      if (!this.#hosts.has(agent.host)) continue;
      if (!agent.isConnected) this.#connect(agent);
      while (agent.waiting.length > 0) this.#deliver(agent);
    }
  }

  /** What each host enforces, beside what it should. */
  compare(): void {
    const over = (policy: Policy) => resolvePolicy(policy, buildInventory({ ...policy, hosts: this.#hosts }));
    const base = over(this.#active);
    const next = this.#next && over(this.#next.policy);
    const isolation = new Isolation();
    for (const name of this.#isolated) isolation.begin(name, MANAGEMENT);
    for (const [name, host] of this.#hosts) {
      const isMoved = this.#next !== undefined && this.#moved.has(name);
      const resolved = (isMoved ? next : base) ?? base;
      const version = isMoved ? (this.#next?.version ?? 0) : this.#version;
      const desired = this.#agent(name).received.desired();
      const expected = isolation.applied(host, resolved.hostPolicy(name), this.#hosts);
      expect(sorted(desired?.policy)).toEqual(sorted(expected));
      const least = isMoved ? version : (this.#untouched.get(name) ?? version);
      expect(desired?.order.revision).toBeGreaterThanOrEqual(least);
      expect(desired?.order.revision).toBeLessThanOrEqual(version);
      expect(desired?.digest).toBe(this.#server.expected(name)?.digest);
    }
  }

  #started(): Distribution {
    const underway = this.#next && {
      next: this.#order(this.#next),
      ...{ moved: [...this.#moved], hosts: this.#hosts.values() },
    };
    const server = new Distribution(this.#hosts.values(), this.#provisioned, underway);
    for (const name of this.#isolated) server.isolate(name, MANAGEMENT);
    return server;
  }

  get #provisioned(): ActivePolicy {
    return this.#order({ version: this.#version, policy: this.#active });
  }

  #order({ version, policy }: { readonly version: number; readonly policy: Policy }): ActivePolicy {
    return { version, revision: version, content: String(version), policy };
  }

  #ended(): void {
    this.#next = undefined;
    this.#moved.clear();
  }

  #agent(name: string): Agent {
    return this.#agents.get(name) ?? expect.fail(name);
  }

  #connect(agent: Agent): void {
    this.#disconnect(agent);
    agent.isConnected = true;
    const { digest, groups } = agent.received.known;
    this.#server.attach(agent, { digest, groups });
  }

  #disconnect(agent: Agent): void {
    if (!agent.isConnected) return;
    agent.isConnected = false;
    this.#server.detach(agent.host);
    agent.waiting.length = 0;
  }

  #deliver(agent: Agent): void {
    if (agent.waiting.length === 0) return;
    const need = agent.deliver();
    if (need.length > 0) this.#server.resend(agent.host, need);
  }
}

function sorted(policy: HostPolicy | undefined): object {
  const groups = Object.entries(policy?.groups ?? {}).map(([id, group]) => [
    id,
    group.kind === "hosts" ? { ...group, members: [...group.members].sort() } : group,
  ]);
  return JSON.parse(JSON.stringify({ ...policy, groups: Object.fromEntries(groups) }));
}

const KINDS = [
  "put",
  "put",
  "remove",
  "connect",
  "connect",
  "disconnect",
  "deliver",
  "deliver",
  "deliver",
  "restart-agent",
  "restart-server",
  "provision",
  "begin",
  "move",
  "move",
  "finish",
  "retreat",
  "isolate",
  "release",
] as const;
interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly which: number;
  readonly other: number;
}
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...KINDS), which: fc.nat(20), other: fc.nat(20) }),
  { maxLength: 40 },
);

test.prop([policySections, policySections, steps], { numRuns: 200 })(
  "through lost frames, restarts of either side, relabelling, isolation, new versions and rollouts that end or go back",
  (first, second, happenings) => {
    const policies = [resolveSections(first).policy, resolveSections(second).policy] as const;
    const world = new World(policies);
    if (world.hosts === 0) return;
    for (const step of happenings) world.happen(step);
    world.settle();
    world.compare();
  },
);

test.prop([policySections, fc.nat(20), fc.nat(20)], { numRuns: 100 })(
  "a change of one host is told to those alone whose rules name its groups",
  (sections, which, other) => {
    const { policy } = resolveSections(sections);
    const all = [...policy.hosts.values()];
    const [host, model] = [all[which % all.length], all[other % all.length]];
    if (host === undefined || model === undefined) return;
    const server = new Distribution(all, { version: 1, revision: 1, content: "1", policy });
    const agents = all.map(({ name }) => new Agent(name));
    for (const agent of agents) {
      server.attach(agent, { digest: null, groups: {} });
      agent.waiting.length = 0;
    }
    const after = { ...host, labels: model.labels };
    server.put(after);
    const living = new LivingPolicy(policy, [...all.filter(({ name }) => name !== host.name), after]);
    for (const agent of agents) {
      const own = living.hostPolicy(agent.host);
      const named = new Set(own === undefined ? [] : hostGroups(own));
      for (const frame of agent.waiting) {
        const told = JSON.parse(frame) as { type: string; group?: string };
        expect(agent.host === host.name || (told.type === "members" && named.has(told.group ?? ""))).toBe(
          true,
        );
      }
    }
  },
);
