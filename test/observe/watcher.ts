/** The observer at work on a host of an estate. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { PolicyView } from "../../agent/observe/observer.ts";
import type { FlowRecord, Loss } from "../../shared/flow/record.ts";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";

const PROGRAM = fileURLToPath(new URL("inside/watch.ts", import.meta.url));
export const GROUP = 4747;

/** A line of what the program says; each has some of these. */
export interface Said {
  readonly records?: readonly FlowRecord[];
  readonly losses?: readonly Loss[];
  readonly health?: { readonly connectionEvents: number; readonly open: number };
  readonly event?: { readonly ours: readonly string[]; readonly by?: { readonly name: string } };
  readonly addresses?: "changed";
  readonly ready?: true;
  readonly following?: boolean;
  readonly stopped?: true;
  readonly failed?: string;
}

export class Watcher implements AsyncDisposable {
  readonly said: Said[] = [];
  readonly #child: ChildProcess;
  #complaints = "";
  #wakeUp = () => {};

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on("data", (text) => {
      this.#complaints += text;
    });
    if (child.stdout === null) throw new Error("the watcher has no output");
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.said.push(JSON.parse(line));
      this.#wakeUp();
    });
    child.once("close", () => this.#wakeUp());
  }

  static async start(host: Host): Promise<Watcher> {
    const watcher = new Watcher(host.namespace.spawn([PINNED_NODE, PROGRAM, String(GROUP)]));
    await watcher.until(({ ready }) => ready === true);
    return watcher;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get records(): readonly FlowRecord[] {
    return this.said.flatMap(({ records }) => records ?? []);
  }

  get losses(): readonly Loss[] {
    return this.said.flatMap(({ losses }) => losses ?? []);
  }

  async follow(view: PolicyView | undefined): Promise<void> {
    const before = this.said.length;
    this.#child.stdin?.write(`${JSON.stringify({ view })}\n`);
    await this.until((said, at) => at >= before && said.following !== undefined);
  }

  /** Resolves when a line like this has been said. */
  until(isIt: (said: Said, at: number) => boolean): Promise<void> {
    return this.untilAll((said) => said.some(isIt));
  }

  async untilAll(isEnough: (said: readonly Said[]) => boolean): Promise<void> {
    while (!isEnough(this.said)) {
      if (this.#child.exitCode !== null) throw new Error(`the watcher has ended: ${this.#complaints}`);
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve;
      });
    }
  }

  /** Ends it in good order; resolves when it has said all it had to. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const closed = once(this.#child, "close");
    this.#child.stdin?.end();
    await closed;
    if (this.#child.exitCode !== 0) throw new Error(`the watcher has failed: ${this.#complaints}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Records of one key added up, whatever their buckets and pids. */
export function added(records: readonly FlowRecord[]): FlowRecord[] {
  const sums = new Map<string, FlowRecord>();
  for (const record of records) {
    const { direction, verdict, local, remote, protocol, service, rule } = record;
    const { pid: _, ...party } = local;
    const key = JSON.stringify([direction, verdict, party, remote, protocol, service, rule]);
    const sum = sums.get(key);
    sums.set(
      key,
      sum === undefined
        ? record
        : {
            ...sum,
            connections: sum.connections + record.connections,
            packets: sum.packets + record.packets,
            bytes: sum.bytes + record.bytes,
            ended: sum.ended + record.ended,
            lasted: sum.lasted + record.lasted,
          },
    );
  }
  return [...sums.values()];
}
