/** The server's estate, flows and alerts by themselves, with hosts that report what a test says, and a clock that it sets. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Alerts, TICK } from "@bulkhead/server/alerts/alerts.ts";
import { LIMITS, type Limits } from "@bulkhead/server/alerts/limiter.ts";
import type { FlowReport } from "@bulkhead/server/gateway/session.ts";
import { Approvals } from "@bulkhead/server/policy/approvals.ts";
import { Estate, type EstateEvent } from "@bulkhead/server/policy/estate.ts";
import { Judging } from "@bulkhead/server/policy/judging/thread.ts";
import { Provisioning } from "@bulkhead/server/policy/provisioning.ts";
import { Rollouts } from "@bulkhead/server/policy/rollouts/rollouts.ts";
import { StandingProof } from "@bulkhead/server/policy/standing-proof.ts";
import { Versions } from "@bulkhead/server/policy/versions.ts";
import { Flows } from "@bulkhead/server/serve/flows.ts";
import { haltedRollout } from "@bulkhead/server/serve/rollout-measures.ts";
import { mainDatabase } from "@bulkhead/server/serve/schema.ts";
import type { StoredAlert } from "@bulkhead/server/store/alerts/alert-store.ts";
import { AlertStore } from "@bulkhead/server/store/alerts/alert-store.ts";
import { MemoryStore } from "@bulkhead/server/store/alerts/memory-store.ts";
import { type Database, openDatabase } from "@bulkhead/server/store/database.ts";
import { ApprovalStore } from "@bulkhead/server/store/estate/approval-store.ts";
import { EventStore } from "@bulkhead/server/store/estate/event-store.ts";
import { HostStore } from "@bulkhead/server/store/estate/host-store.ts";
import { PolicyStore } from "@bulkhead/server/store/estate/policy-store.ts";
import { SettingStore } from "@bulkhead/server/store/estate/settings.ts";
import { RolloutStore } from "@bulkhead/server/store/rollouts/rollout-store.ts";
import type { HostState } from "@bulkhead/shared/protocol/messages.ts";
import pino from "pino";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Monday, 00:00Z. */
export const MONDAY = Date.UTC(2026, 10, 23);

/** Nothing is lost here by a loss of power, and days of reports come in: where there is memory to write to, no disk has to keep up. */
const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

type Record = NonNullable<FlowReport["records"][number]>;

export interface StandHost {
  readonly name: string;
  readonly address: string;
  readonly labels: Readonly<{ [label: string]: string }>;
}

export class AlertStand implements Disposable {
  readonly directory = mkdtempSync(join(MEMORY, "bulkhead-alerts-"));
  readonly clock = { now: MONDAY };
  readonly published: EstateEvent[] = [];
  readonly #limits: Limits;
  #upTo = 0;
  #parts = this.#start();

  constructor({ limits = LIMITS }: { readonly limits?: Limits } = {}) {
    this.#limits = limits;
    this.#parts.close();
    this.#parts = this.#start();
  }

  get alerts(): Alerts {
    return this.#parts.alerts;
  }

  get estate(): Estate {
    return this.#parts.estate;
  }

  get hosts(): HostStore {
    return this.#parts.hosts;
  }

  get events(): EventStore {
    return this.#parts.events;
  }

  get database(): Database {
    return this.#parts.database;
  }

  get versions(): Versions {
    return this.#parts.versions;
  }

  get settings(): SettingStore {
    return this.#parts.settings;
  }

  get rollouts(): Rollouts {
    return this.#parts.rollouts;
  }

  get proof(): StandingProof {
    return this.#parts.proof;
  }

  get flows(): Flows {
    return this.#parts.flows;
  }

  /** Hosts join, and are connected from now on. */
  join(hosts: readonly StandHost[]): void {
    for (const { name, address, labels } of hosts) {
      const host = {
        id: `id-${name}`,
        name,
        labels,
        blocks: ["0.0.0.0/0"],
        addresses: [address],
        token: "t",
      };
      this.hosts.add({ ...host, joinedAt: this.clock.now });
      this.estate.joined(this.estate.host(name), "a test");
      this.estate.connected(name);
    }
  }

  provision(text: string): void {
    this.estate.provision(this.push(text), "a test", "provision");
  }

  /** A draft; gives its number. */
  push(text: string): number {
    const files = [{ name: "policy.yaml", text }];
    const { number, problems } = this.versions.push(files, { author: "a", message: "" });
    if (number === undefined) throw new Error(JSON.stringify(problems));
    return number;
  }

  /** Hosts say that they enforce what they should, or that and something else. */
  well(names: Iterable<string>, more: Partial<HostState> = {}): void {
    for (const name of names)
      this.estate.state(name, {
        ...WELL,
        digest: this.estate.distribution.expected(name)?.digest ?? null,
        ...more,
      });
  }

  /** As a host's agent would, through the ingest. */
  report(host: string, records: readonly Record[], losses: FlowReport["losses"] = []): void {
    this.#upTo += 1;
    const report: FlowReport = { type: "flows", upTo: this.#upTo, records: [...records], losses };
    const taken = this.flows.take(this.estate.host(host), report);
    if (taken.kind !== "taken") throw new Error(JSON.stringify(taken));
  }

  /** Time passes, and the estate is looked at as often as a server does. */
  pass(milliseconds: number, step = TICK): void {
    const end = this.clock.now + milliseconds;
    while (this.clock.now < end) {
      this.clock.now = Math.min(end, this.clock.now + step);
      this.alerts.tick();
    }
  }

  /** `kind about` of those that are open, in order. */
  open(): readonly string[] {
    return this.alerts.open().map(({ kind, about }) => `${kind} ${about}`);
  }

  one(kind: string): StoredAlert {
    const [found, ...more] = this.alerts.open().filter((alert) => alert.kind === kind);
    if (found === undefined || more.length > 0) throw new Error(`open: ${this.open().join("; ")}`);
    return found;
  }

  /** The server is ended and started again; `kill`: without a last word. */
  restart({ kill = false }: { readonly kill?: boolean } = {}): void {
    if (!kill) this.alerts[Symbol.dispose]();
    this.#parts.close();
    this.#parts = this.#start();
    for (const { name, revokedAt } of this.hosts.all())
      if (revokedAt === undefined) this.estate.connected(name);
  }

  [Symbol.dispose](): void {
    this.#parts.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #start() {
    const now = () => this.clock.now;
    const database = openDatabase(mainDatabase(join(this.directory, "bulkhead.db")));
    const hosts = new HostStore(database);
    const events = new EventStore(database);
    const settings = new SettingStore(database);
    const versions = new Versions(new PolicyStore(database), now);
    const told: { alerts?: Alerts; rollouts?: Rollouts; proof?: StandingProof } = {};
    const publish = (event: EstateEvent) => {
      this.published.push(event);
      told.alerts?.happened(event);
      told.rollouts?.happened(event);
      told.proof?.happened(event);
    };
    const store = new RolloutStore(database);
    const estate = new Estate({ hosts, versions, events, settings, rollouts: store, now, publish });
    const flows = new Flows({
      ...{ dataDirectory: this.directory, estate, settings, now, log: pino({ level: "silent" }) },
      publish: () => {},
      saw: (seen) => {
        told.alerts?.reported(seen);
        told.rollouts?.reported(seen);
      },
    });
    const alerts = new Alerts({
      ...{ alerts: new AlertStore(database), memory: new MemoryStore(database), events, now, publish },
      ...(this.#limits && { limits: this.#limits }),
      certificatesEnd: () => hosts.certificatesEnd(),
      picture: () => ({
        hosts: hosts.all(),
        isConnected: (host) => estate.isConnected(host),
        sync: (host) => estate.sync(host),
        refusedAddresses: estate.refusedAddresses,
        settings: settings.all(),
        noRoom: flows.isFull ? "the disk is full" : undefined,
        deliveries: [],
        broken: told.proof?.standing.broken ?? [],
        halted: haltedRollout(store),
      }),
    });
    told.alerts = alerts;
    const judging = new Judging();
    const approvals = new Approvals({
      ...{ store: new ApprovalStore(database), versions, estate, judging, settings, now },
      mayApprove: () => true,
    });
    const rollouts = new Rollouts({
      ...{ store, estate, versions, events, settings, now, publish, judging, steady: now },
      provisioning: new Provisioning({ estate, versions, judging, approvals }),
      trials: { current: () => undefined },
      flowsPath: flows.path,
      progress: () => {},
      warn: (words, error) => {
        throw new Error(words, { cause: error });
      },
    });
    told.rollouts = rollouts;
    const proof = new StandingProof({
      ...{ estate, versions, judging, events, now, publish, quiet: 1 },
      warn: (words, error) => {
        throw new Error(words, { cause: error });
      },
    });
    told.proof = proof;
    const close = () => {
      proof[Symbol.dispose]();
      rollouts[Symbol.dispose]();
      void judging[Symbol.asyncDispose]();
      flows[Symbol.dispose]();
      hosts[Symbol.dispose]();
      database.close();
    };
    return { database, hosts, events, settings, versions, estate, flows, alerts, rollouts, proof, close };
  }
}

const WELL: Omit<HostState, "digest"> = {
  version: 1,
  kernel: "holds",
  enforcement: "enforcing",
  why: null,
  modes: null,
  since: null,
  cuts: 0,
  tamperings: 0,
  lastTampering: null,
  notes: [],
  watching: true,
  spool: { unsent: 0, lost: 0 },
};

/** A record of one end. */
export function record(some: Partial<Record> & Pick<Record, "direction" | "local" | "remote">): Record {
  const start = some.start ?? MONDAY;
  return {
    bucket: start - (start % 10_000),
    start,
    end: start,
    verdict: "allow",
    protocol: 6,
    service: 443,
    rule: { name: "a rule", file: "policy.yaml", line: 1 },
    connections: 1,
    packets: 10,
    bytes: 1_000,
    ended: 1,
    lasted: 100,
    ...some,
  };
}
