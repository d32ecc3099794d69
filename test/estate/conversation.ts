/** What stays open: listeners, sessions and floods, as handles on a worker's or a process's end of them. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Traffic } from "./worker/requests.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Milliseconds that something which must happen may take on a busy machine before a test gives up. */
export const PATIENCE = 15_000;

export class Listener {
  readonly service: string;
  readonly #link: WorkerLink;
  readonly #id: number;

  constructor(link: WorkerLink, id: number, service: string) {
    this.#link = link;
    this.#id = id;
    this.service = service;
  }

  /** Per caller ("10.0.0.11:41712") what was received from it and sent to it, in messages. */
  heard(): Promise<Readonly<Record<string, Traffic>>> {
    return this.#link.ask("heard", { id: this.#id });
  }

  /** Messages received from everybody. */
  async received(): Promise<number> {
    return Object.values(await this.heard()).reduce((sum, caller) => sum + caller.received, 0);
  }

  /** Whether `by` more messages arrive within `timeout` milliseconds, from anybody. */
  hearsMore(by: number, timeout = PATIENCE): Promise<boolean> {
    return this.#link.ask("heardMore", { id: this.#id, by, timeout });
  }

  /** Whether `by` more messages arrive in time from one caller ("10.0.0.11:41712"). */
  hearsMoreFrom(caller: string, by: number, timeout = PATIENCE): Promise<boolean> {
    return this.#link.ask("heardMore", { id: this.#id, by, timeout, caller });
  }

  async close(): Promise<void> {
    await this.#link.ask("unlisten", { id: this.#id });
  }
}

export class Session {
  readonly localPort: number;
  readonly #link: WorkerLink;
  readonly #id: number;

  constructor(link: WorkerLink, opened: { readonly id: number; readonly localPort: number }) {
    this.#link = link;
    this.#id = opened.id;
    this.localPort = opened.localPort;
  }

  /** Messages that the calling end sent and received. */
  traffic(): Promise<Traffic> {
    return this.#link.ask("traffic", { id: this.#id });
  }

  /** Whether the calling end receives `by` more messages within `timeout` milliseconds. */
  receivesMore(by: number, timeout = PATIENCE): Promise<boolean> {
    return this.#link.ask("receivedMore", { id: this.#id, by, timeout });
  }

  /** Stops sending, but listens on. */
  async pause(): Promise<void> {
    await this.#link.ask("pause", { id: this.#id });
  }

  async close(): Promise<void> {
    await this.#link.ask("close", { id: this.#id });
  }
}

/** A sender that never stops trying, in a process of its own. */
export class Flood {
  readonly #process: ChildProcess;
  readonly #began: Promise<unknown>;
  #sent = 0;

  constructor(process: ChildProcess) {
    this.#process = process;
    if (!process.stdout) throw new Error("a flood reports on its standard output");
    const lines = createInterface({ input: process.stdout });
    lines.on("line", (line) => {
      this.#sent = Number(line);
    });
    this.#began = once(lines, "line");
  }

  /** Resolves when the first packets are out. */
  async began(): Promise<void> {
    await this.#began;
  }

  /** Packets that the kernel was asked to send so far, refused ones included; some milliseconds old. */
  get sent(): number {
    return this.#sent;
  }

  /** Ends it; gives the number of packets. */
  async stop(): Promise<number> {
    const gone = once(this.#process, "close");
    this.#process.stdin?.end();
    await gone;
    return this.#sent;
  }
}
