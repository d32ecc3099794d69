/**
 * A day of an ordinary estate, minute by minute, as its hosts report it: a shop with its databases, monitoring, backups, people, clocks and mirrors; and what is ordinary although it
 * is denied: the internet's noise, answers that come too late, a service that is set up wrongly, an agent that may not call home. By chance, and the same each time.
 */

import type { FlowReport } from "@bulkhead/server/gateway/session.ts";
import { DAY, HOUR, MINUTE, record, type StandHost } from "./stand.ts";

type Record = NonNullable<FlowReport["records"][number]>;
/** Host -> what it reports of a minute. */
export type Minute = ReadonlyMap<string, readonly Record[]>;

const named = (role: string, count: number, first: number): readonly StandHost[] =>
  Array.from({ length: count }, (_, at) => ({
    name: `${role}-${at + 1}`,
    address: `10.0.0.${first + at}`,
    labels: { role },
  }));

export const SHOP = [
  ...named("web", 4, 10),
  ...named("app", 4, 20),
  ...named("db", 2, 30),
  ...named("mon", 1, 40),
  ...named("backup", 1, 41),
  ...named("bastion", 1, 42),
];

export const SHOP_POLICY = `segments:
${["web", "app", "db", "mon", "backup", "bastion"].map((role) => `  ${role}: { select: "role=${role}" }`).join("\n")}
rules:
  - { name: shop, allow: tcp/8080, from: web, to: app }
`;

/** mulberry32: numbers from 0 to 1. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const host = (name: string) => SHOP.find((some) => some.name === name) as StandHost;
const of = (role: string) => SHOP.filter(({ labels }) => labels.role === role);
const UNITS: { readonly [role: string]: string } = {
  web: "nginx.service",
  app: "shop.service",
  db: "postgresql.service",
  mon: "prometheus.service",
  backup: "borg.service",
  bastion: "ssh.service",
};
const unitOf = ({ labels }: StandHost) => UNITS[labels.role ?? ""] ?? "some.service";

export class OrdinaryDay {
  readonly #random: () => number;
  readonly #begin: number;
  readonly #upgradesAt: ReadonlyMap<string, number>;

  constructor(begin: number, seed: number) {
    this.#random = chance(seed);
    this.#begin = begin;
    this.#upgradesAt = new Map(SHOP.map(({ name }) => [name, Math.floor(this.#random() * 1440)]));
  }

  *minutes(): IterableIterator<Minute> {
    for (let minute = 0; minute < DAY / MINUTE; minute++) {
      const said = new Map<string, Record[]>();
      const tell = (name: string, ...records: readonly Record[]) =>
        said.getOrInsertComputed(name, () => []).push(...records);
      this.#between(minute, tell);
      this.#people(minute, tell);
      this.#outside(minute, tell);
      this.#denied(minute, tell);
      yield said;
    }
  }

  /** Web, application, database, monitoring and the backup of the night. */
  #between(minute: number, tell: Tell): void {
    for (const web of of("web")) this.#both(minute, [web, this.#any(of("app"))], 8080, tell);
    for (const app of of("app")) this.#both(minute, [app, this.#any(of("db"))], 5432, tell);
    for (const target of SHOP)
      this.#both(minute, [host("mon-1"), target], 9100, tell, "node-exporter.service");
    const hours = minute / 60;
    if (hours >= 2 && hours < 3)
      for (const target of SHOP)
        if (this.#maybe(0.2)) this.#both(minute, [host("backup-1"), target], 22, tell, "ssh.service");
  }

  #people(minute: number, tell: Tell): void {
    const isOffice = minute >= 8 * 60 && minute < 18 * 60;
    if (isOffice && this.#maybe(0.1))
      this.#both(minute, [host("bastion-1"), this.#any(SHOP)], 22, tell, "ssh.service");
  }

  /** Clocks in equal steps, mirrors that move from address to address, a service that is asked for its prices, and customers. */
  #outside(minute: number, tell: Tell): void {
    for (const [at, some] of SHOP.entries()) {
      if ((minute + at) % 17 === 0)
        tell(
          some.name,
          this.#out(minute, some, "203.0.113.123", { protocol: 17, service: 123 }, "chrony.service"),
        );
      if (this.#upgradesAt.get(some.name) === minute)
        tell(
          some.name,
          this.#out(minute, some, `151.101.${4 * this.#upTo(4)}.${this.#upTo(250)}`, {}, "apt-daily.service"),
        );
    }
    for (const app of of("app"))
      if (this.#maybe(0.4))
        tell(app.name, this.#out(minute, app, `198.51.100.${this.#upTo(200)}`, {}, unitOf(app)));
    for (const web of of("web"))
      for (let at = 0; at < 2; at++) tell(web.name, this.#in(minute, web, this.#public(), { service: 443 }));
    // A container that is started anew each hour, with a name of its own each time.
    const run = Math.floor((this.#begin + minute * MINUTE) / HOUR)
      .toString(16)
      .padStart(12, "a");
    for (const app of of("app"))
      if (this.#maybe(0.1))
        tell(
          app.name,
          this.#out(minute, app, `198.51.100.${this.#upTo(200)}`, {}, `docker-${run}${run}.scope`),
        );
  }

  #denied(minute: number, tell: Tell): void {
    const denied = { verdict: "deny", rule: null } as const;
    for (const web of of("web")) {
      // The internet's noise: each source tries one to three services of what it finds.
      if (this.#maybe(0.5)) {
        const source = this.#public();
        for (let tries = 1 + this.#upTo(3); tries > 0; tries--)
          tell(
            web.name,
            this.#in(minute, web, source, { ...denied, service: this.#any([22, 23, 445, 3389, 8080, 6379]) }),
          );
      }
      // Answers of a name server to questions that were given up.
      if (this.#maybe(0.3))
        tell(
          web.name,
          this.#in(minute, web, "10.0.0.53", {
            ...denied,
            protocol: 17,
            service: 32_768 + this.#upTo(28_000),
          }),
        );
    }
    // Set up wrongly: it tries a cache that it may not reach, and will not stop.
    const app = host("app-2");
    if (this.#maybe(0.8)) tell(app.name, this.#to(minute, app, host("db-2"), { ...denied, service: 6379 }));
    // May not call home, and tries when it has something to say.
    const db = host("db-1");
    if (this.#maybe(0.3)) tell(db.name, this.#out(minute, db, "203.0.113.50", denied, "telemetry.service"));
  }

  #both(
    minute: number,
    [from, to]: readonly [StandHost, StandHost],
    service: number,
    tell: Tell,
    unit = unitOf(to),
  ): void {
    if (from === to) return;
    const connections = 1 + this.#upTo(5);
    tell(from.name, this.#to(minute, from, to, { service, connections }));
    tell(to.name, {
      ...this.#in(minute, to, from.address, { service, connections }),
      local: { address: to.address, unit },
    });
  }

  #to(minute: number, from: StandHost, to: StandHost, more: Partial<Record>): Record {
    return this.#out(minute, from, to.address, more, unitOf(from));
  }

  #out(minute: number, { address }: StandHost, remote: string, more: Partial<Record>, unit: string): Record {
    return record({
      ...{
        start: this.#within(minute),
        direction: "egress",
        local: { address, unit },
        remote: { address: remote },
      },
      ...more,
    });
  }

  #in(minute: number, to: StandHost, remote: string, more: Partial<Record>): Record {
    return record({
      ...{ start: this.#within(minute), direction: "ingress", remote: { address: remote } },
      local: { address: to.address, unit: unitOf(to) },
      ...more,
    });
  }

  #within(minute: number): number {
    return this.#begin + minute * MINUTE + this.#upTo(MINUTE - 1);
  }

  #public(): string {
    return `${20 + this.#upTo(70)}.${this.#upTo(255)}.${this.#upTo(255)}.${1 + this.#upTo(250)}`;
  }

  #maybe(probability: number): boolean {
    return this.#random() < probability;
  }

  #upTo(most: number): number {
    return Math.floor(this.#random() * most);
  }

  #any<T>(some: readonly T[]): T {
    return some[this.#upTo(some.length)] as T;
  }
}

type Tell = (host: string, ...records: readonly Record[]) => void;
