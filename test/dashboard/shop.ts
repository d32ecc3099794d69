/** A small shop under a real server: hosts with agents, and one stranger who tries what he should not. */

import { Centre } from "../centre/centre.ts";
import type { Daemon } from "../daemon/daemon.ts";
import { Estate } from "../estate/estate.ts";
import { BULKHEAD } from "../estate/place.ts";

export const POLICY = `segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
  backup: { select: "role=backup", mode: observe }
services:
  orders: tcp/5432
rules:
  - { name: orders, allow: orders, from: web, to: db }
  - { name: shop, allow: tcp/443, from: any, to: web }
`;

const MANAGED: Readonly<Record<string, readonly [address: string, role: string]>> = {
  "web-1": ["10.0.0.11", "web"],
  "web-2": ["10.0.0.12", "web"],
  "db-1": ["10.0.0.21", "db"],
  "backup-1": ["10.0.0.31", "backup"],
};

export class Shop implements AsyncDisposable {
  readonly estate: Estate;
  readonly centre: Centre;
  readonly #daemons: readonly Daemon[];

  private constructor(estate: Estate, centre: Centre, daemons: readonly Daemon[]) {
    this.estate = estate;
    this.centre = centre;
    this.#daemons = daemons;
  }

  /** With these hosts of it, each enforcing the policy. */
  static async open(names: readonly string[] = Object.keys(MANAGED)): Promise<Shop> {
    const addresses = names.map((name) => [name, [MANAGED[name]?.[0] ?? ""]] as const);
    const estate = await Estate.create({
      hosts: { hub: ["10.0.0.5"], stranger: ["10.0.0.99"], ...Object.fromEntries(addresses) },
    });
    // Before they join: what listens is told when a host connects.
    for (const name of names) await estate.host(name).listen(name.startsWith("db") ? "tcp/5432" : "tcp/443");
    const centre = await Centre.start(estate.host("hub"));
    const daemons = await Promise.all(
      names.map(async (name) => {
        const daemon = await centre.join(estate.host(name), name, `role=${MANAGED[name]?.[1]}`);
        await daemon.until("link-up");
        return daemon;
      }),
    );
    const shop = new Shop(estate, centre, daemons);
    await shop.provision(POLICY, "the shop's first policy");
    await centre.settled(...names);
    return shop;
  }

  /** The link that the server printed when it started. */
  get signInLink(): string {
    const link = /https:\S+\/signin\/\S+/.exec(this.centre.said)?.[0];
    if (link === undefined) throw new Error(`the server printed no link:\n${this.centre.said}`);
    return link;
  }

  /** As somebody would in a repository of policies, where files have short names. */
  async provision(text: string, message: string): Promise<void> {
    const { host, directory } = this.centre;
    await host.write("policies/shop.yaml", text);
    const words = ["push", "shop.yaml", "-m", message, "--data-dir", directory, "--json"];
    const pushed = await host.exec(["env", "-C", `${host.scratch}/policies`, BULKHEAD, ...words]);
    if (pushed.stdout === "") throw new Error(pushed.stderr);
    const { number } = JSON.parse(pushed.stdout) as { number: number };
    const provisioned = await this.centre.ask("provision", String(number));
    if (provisioned.code !== 0) throw new Error(provisioned.stderr);
  }

  /** What the shop does all day. */
  async trade(): Promise<void> {
    await Promise.all([
      this.estate.host("web-1").probe([{ to: "db-1", service: "tcp/5432" }]),
      this.estate.host("web-2").probe([{ to: "db-1", service: "tcp/5432" }]),
      this.estate.host("stranger").probe([{ to: "web-1", service: "tcp/443" }]),
      this.estate.host("web-1").probe([{ to: "backup-1", service: "tcp/443" }]),
    ]);
  }

  /** The stranger knocks where he should not. */
  async intrude(): Promise<void> {
    await this.estate.host("stranger").probe([{ to: "db-1", service: "tcp/5432" }]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#daemons) await daemon.end();
    await this.centre.end();
    await this.estate.remove();
  }
}
