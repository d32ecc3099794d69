import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Question, Reply, Verb, Verbs } from "./worker/requests.ts";

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** Asks a worker and matches its replies to the questions. When the worker ends, whatever is unanswered fails. */
export class WorkerLink {
  readonly process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<void>;
  #next = 1;
  #ended: Error | undefined;

  /** `process` has all three standard streams as pipes. */
  constructor(process: ChildProcess, name: string) {
    this.process = process;
    let complaints = "";
    process.stderr?.on("data", (text) => {
      complaints += text;
    });
    this.#ready = new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve, reject });
    });
    // Who asks sees the failure; a worker that nobody asks may end as it likes.
    this.#ready.catch(() => {});
    if (process.stdout) createInterface({ input: process.stdout }).on("line", (line) => this.#hear(line));
    process.stdin?.on("error", () => {});
    process.on("error", (error) => this.#end(error));
    process.on("close", (code, signal) =>
      this.#end(new Error(`the worker of ${name} ended (${signal ?? code}): ${complaints.trim()}`)),
    );
  }

  /** Resolves when the worker takes questions. */
  ready(): Promise<void> {
    return this.#ready;
  }

  async ask<V extends Verb>(verb: V, ask: Verbs[V]["ask"]): Promise<Verbs[V]["answer"]> {
    await this.#ready;
    if (this.#ended) throw this.#ended;
    const number = this.#next++;
    const question: Question = { number, verb, ask };
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.process.stdin?.write(`${JSON.stringify(question)}\n`);
    });
  }

  /** Ends the worker and waits until it is gone. */
  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.process.once("close", resolve));
    this.process.kill("SIGKILL");
    await gone;
  }

  #hear(line: string): void {
    const reply: Reply = line === "ready" ? { number: 0, answer: undefined } : JSON.parse(line);
    const waiting = this.#waiting.get(reply.number);
    this.#waiting.delete(reply.number);
    if ("failed" in reply) waiting?.reject(new Error(reply.failed));
    else waiting?.resolve(reply.answer as never);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended);
    this.#waiting.clear();
  }
}
