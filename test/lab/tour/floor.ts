/** The shop, alive: hosts with real agents that have joined a real server, its customers, its traffic and its intruder. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { SourceFile } from "@bulkhead/shared/policy/files.ts";
import { Estate } from "../../estate/estate.ts";
import type { Host } from "../../estate/host.ts";
import { Agents, type Progress } from "../agents.ts";
import { HUB, HUB_ADDRESSES } from "../stage.ts";
import { Intruder, type IntruderNews } from "./intruder.ts";
import { CUSTOMER_ADDRESSES, CUSTOMERS, INHABITANTS } from "./shop.ts";
import { Trade } from "./trade.ts";

const POLICY = fileURLToPath(new URL("policy/shop.yaml", import.meta.url));

export class Floor implements AsyncDisposable {
  readonly estate: Estate;
  readonly agents: Agents;
  #trade: Trade | undefined;
  #intruder: Intruder | undefined;
  #version = 0;

  private constructor(estate: Estate) {
    this.estate = estate;
    this.agents = new Agents(this.managed, estate.host(HUB));
  }

  /** Builds the hosts, with all that listens on them. */
  static async build({ unprivileged }: { readonly unprivileged: boolean }): Promise<Floor> {
    const hosts = Object.fromEntries(INHABITANTS.map(({ name, addresses }) => [name, addresses]));
    const others = { [CUSTOMERS]: CUSTOMER_ADDRESSES, [HUB]: HUB_ADDRESSES };
    const floor = new Floor(await Estate.create({ hosts: { ...hosts, ...others }, unprivileged }));
    await Promise.all(
      INHABITANTS.map(async ({ name, serves }) => {
        const host = floor.estate.host(name);
        // An empty place for the agent's state.
        await host.run(["sh", "-c", "mount -t tmpfs -o mode=755 tmpfs /var/lib"]);
        for (const service of serves) await host.listen(service);
      }),
    );
    return floor;
  }

  /** The hosts with an agent. */
  get managed(): readonly Host[] {
    return INHABITANTS.map(({ name }) => this.estate.host(name));
  }

  get trade(): Trade {
    if (this.#trade === undefined) throw new Error("the shop is not open yet");
    return this.#trade;
  }

  get intruder(): Intruder {
    if (this.#intruder === undefined) throw new Error("nobody has got in yet");
    return this.#intruder;
  }

  /** Where the visitor works on the policy. */
  get policyFolder(): string {
    return `${this.estate.host(HUB).scratch}/policy`;
  }

  /** Everybody joins the server. */
  join(progress: Progress): Promise<void> {
    const labels = new Map(INHABITANTS.map(({ name, labels }) => [name, labels]));
    return this.agents.join((name) => labels.get(name) ?? {}, progress);
  }

  /** Makes the shop's policy the active one, as it is found: whoever joins gets it. */
  async watch(): Promise<void> {
    const files: SourceFile[] = [{ name: "shop.yaml", text: await readFile(POLICY, "utf8") }];
    this.#version = await this.agents.activate(
      files,
      "the shop as it is found: watched, the card data closed",
    );
  }

  /** Resolves when it is in force everywhere. */
  watched(progress: Progress): Promise<void> {
    return this.agents.enforced(this.#version, progress);
  }

  /** Everybody begins to do what they do all day. */
  async open(): Promise<void> {
    this.#trade = await Trade.begin(this.estate);
  }

  /** Somebody gets in. */
  breakIn(tell: (news: IntruderNews) => void): void {
    this.#intruder = Intruder.begin(this.estate, tell);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Hosts that are gone answer nobody: what waits for them ends with them.
    const stopped = [this.#trade?.stop(), this.#intruder?.stop()];
    await this.agents.end();
    await this.estate.remove();
    await Promise.allSettled(stopped);
  }
}
