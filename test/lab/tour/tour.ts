/** What somebody sees in the first ten minutes: the shop opens; and, where nobody is there to do it, what a visitor would do next is done. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Centre } from "../../centre/centre.ts";
import type { LabOptions } from "../options.ts";
import type { Screen } from "../screen.ts";
import { Floor } from "./floor.ts";
import { HABITS, INHABITANTS, INTRUDER } from "./shop.ts";
import { newsText } from "./telling.ts";

const LOOK_BACK = 600_000;
/** What the intruder does, in the server's words. */
const ODD = ["one-of-many", "scan"];
/** How long the trial of the tour that runs by itself lasts; it confirms long before. */
const TRIAL = "10m";
/** Milliseconds between two looks at what the server has to suggest. */
const LOOK_AGAIN = 3_000;

/** What the tour that runs by itself has shown. */
export interface TourReport {
  /** Whether the intruder was cut by the change, everybody else's traffic went on, and the change was kept. */
  readonly held: boolean;
}

interface SuggestedRule {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** A line of the answer, which ends with the suggestion. */
interface Suggesting {
  readonly kind: string;
  readonly suggestion?: {
    readonly rules: readonly SuggestedRule[];
    readonly odd: readonly { readonly kind: string }[];
  };
}

export class Tour {
  readonly #options: LabOptions;
  readonly #screen: Screen;

  constructor(options: LabOptions, screen: Screen) {
    this.#options = options;
    this.#screen = screen;
  }

  /** Builds the hosts and starts the server; `undo` takes all of it away again. */
  async build(undo: AsyncDisposableStack): Promise<Floor> {
    const screen = this.#screen;
    const hosts = INHABITANTS.length;
    screen.heading(
      `Bulkhead: a small shop of ${hosts} hosts, its customers, and somebody who should not be there`,
    );
    const floor = await screen.step(
      "building hosts: network namespaces, IPv4 and IPv6",
      async () => undo.use(await Floor.build(this.#options)),
      () => `${hosts} hosts and a crowd of customers, in network namespaces`,
    );
    await screen.step(
      "bulkhead serve",
      () => floor.agents.serve(),
      () => "bulkhead serve: the server is ready",
    );
    await screen.step(
      "bulkhead provision 1",
      () => floor.watch(),
      () => "bulkhead provision 1: all shall be watched, and the card data be closed",
    );
    return floor;
  }

  /** Everybody joins, and does what they do all day. */
  async open(floor: Floor): Promise<void> {
    const screen = this.#screen;
    const hosts = INHABITANTS.length;
    await floor.open();
    await screen.step(
      "bulkhead-agent join",
      async (progress) => {
        await floor.join((done) => progress(`${done} of ${hosts} hosts have joined`));
        await floor.watched((done) => progress(`on ${done} of ${hosts} hosts version 1 is in force`));
      },
      () => `bulkhead-agent join: ${hosts} hosts, each by its token; version 1 is in force on all`,
    );
    floor.breakIn((news) => screen.line(newsText(news)));
  }

  /** What a visitor would do now, done by itself. */
  async goOn(floor: Floor): Promise<TourReport> {
    const { centre } = floor.agents;
    const number = await this.draft(floor);
    await this.#quote(centre, ["plan", String(number), "--since", "10m", "--limit", "6"]);
    const isCut = await this.#try(floor, number);
    const goesOn = await this.#trade(floor);
    await this.#quote(centre, ["confirm"]);
    await this.#quote(centre, ["flows", "--denied", "--since", "2m", "--to", INTRUDER.to, "--limit", "3"]);
    const isKept = (await centre.ask("trial")).code === 1;
    return { held: isCut && goesOn && isKept };
  }

  /** A policy from a minute of traffic, kept as a draft. Gives the version. */
  async draft(floor: Floor): Promise<number> {
    await this.#waitForTraffic(floor);
    return this.#draft(floor, await this.#suggest(floor));
  }

  /** Until the server has seen everybody's habits, and what is odd. */
  async #waitForTraffic(floor: Floor): Promise<void> {
    const { client } = floor.agents;
    const began = performance.now();
    await this.#screen.step(
      "traffic",
      async (progress) => {
        for (;;) {
          await pause(LOOK_AGAIN);
          const since = Date.now() - LOOK_BACK;
          const lines = client.stream<Suggesting>("/api/v1/suggestion", { query: { since, units: false } });
          const { suggestion } = (await Array.fromAsync(lines)).at(-1) ?? {};
          const kinds = suggestion?.odd.map(({ kind }) => kind) ?? [];
          progress(`${floor.trade.connections} connections`);
          const knowsShop = suggestion !== undefined && isCovered(suggestion.rules);
          if (knowsShop && ODD.every((kind) => kinds.includes(kind))) return;
        }
      },
      () =>
        `traffic: ${floor.trade.connections} connections in ${Math.round((performance.now() - began) / 1000)} s, and the intruder's`,
    );
  }

  async #suggest(floor: Floor): Promise<string> {
    this.#screen.heading("A policy from what was seen; what is odd is left out");
    return this.#quote(floor.agents.centre, ["suggest", "--since", "10m"]);
  }

  /** Beside the policy that was found, which enforces from now on. Gives the version. */
  async #draft(floor: Floor, suggested: string): Promise<number> {
    const { centre } = floor.agents;
    const folder = floor.policyFolder;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "suggested.yaml"), suggested);
    const found = await readFile(join(folder, "shop.yaml"), "utf8");
    await writeFile(join(folder, "shop.yaml"), found.replace(/^mode: observe$/m, "mode: enforce"));
    this.#screen.heading(
      "Kept beside the shop's policy, which enforces from now on: what would that change?",
    );
    const pushed = await this.#ask(centre, ["push", folder, "-m", "what the shop needs"], {
      shown: 'push policy/ -m "what the shop needs"',
    });
    return Number(/version (\d+)/.exec(pushed)?.[1] ?? 0);
  }

  async #try({ agents, intruder }: Floor, number: number): Promise<boolean> {
    const { centre } = agents;
    this.#screen.heading("In force on trial: every kernel goes back by itself");
    const wasIn = intruder.isIn;
    await this.#quote(centre, ["provision", String(number), "--trial", TRIAL]);
    await centre.settled(...INHABITANTS.map(({ name }) => name));
    await intruder.isOut();
    await this.#quote(centre, ["trial"]);
    return wasIn && !intruder.isIn;
  }

  async #trade({ trade }: Floor): Promise<boolean> {
    const turns = await trade.turn();
    const failed = turns.filter(({ outcome }) => outcome !== "connected");
    if (failed.length === 0)
      this.#screen.tick(`the shop goes on: each of ${turns.length} connections of everybody else came about`);
    for (const { habit, to, outcome } of failed)
      this.#screen.fail(`${habit.from} → ${to} ${habit.service}: ${outcome}`);
    this.#screen.line();
    return failed.length === 0;
  }

  #quote(centre: Centre, words: readonly string[]): Promise<string> {
    return this.#ask(centre, words, { shown: words.join(" ") });
  }

  async #ask(
    centre: Centre,
    words: readonly string[],
    { shown }: { readonly shown: string },
  ): Promise<string> {
    this.#screen.line(`  $ bulkhead ${shown}`);
    const { stdout, stderr } = await centre.ask(...words);
    this.#screen.quote(stdout + stderr);
    this.#screen.line();
    return stdout;
  }
}

/** Whether the rules speak of everything that the shop's people do and no rule allowed from the beginning. */
function isCovered(rules: readonly SuggestedRule[]): boolean {
  const role = (name: string) => name.replace(/-\d+$/, "");
  return HABITS.flatMap(({ from, to }) => to.map((other) => [role(from), role(other)] as const))
    .filter(([, to]) => to !== "cards")
    .every(([from, to]) =>
      rules.some((rule) => rule.to.includes(to) && rule.from.includes(SEGMENT[from] ?? from)),
    );
}

/** Where a segment is not called as its hosts are. */
const SEGMENT: Readonly<Record<string, string>> = { mon: "monitoring", customers: "any" };

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
