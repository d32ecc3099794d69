/** What the daemon writes to its log: one JSON object a line, each kind of message with a code that stays the same. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Logger } from "pino";
import type { Installed } from "../apply/order.ts";
import type { SourceReport } from "./policy-source.ts";
import type { TamperingRecord } from "./tamperings.ts";

export class Journal {
  readonly #log: Logger;
  #lastTrouble: string | undefined;
  #stateTrouble: BulkheadError | undefined;
  readonly #noted = new Set<string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  started(facts: Readonly<Record<string, unknown>>): void {
    this.#log.info({ code: "started", ...facts }, "the daemon has started");
  }

  stopping(signal: string): void {
    this.#log.info({ code: "stopping", signal }, "the daemon stops; the rules stay in place");
  }

  source({ state, problems }: SourceReport, paths: readonly string[]): void {
    if (state === "current") this.#log.info({ code: "source-read", paths }, "the policy was read");
    else {
      const what = state === "invalid" ? "the policy is invalid" : "the policy is not there";
      this.#log.error(
        { code: `source-${state}`, paths, problems },
        `${what}: the last good one stays in force`,
      );
    }
  }

  floor(problem: string): void {
    this.#log.error({ code: "floor-unusable", problem }, "the floor cannot be enforced");
  }

  /** Files that a boot would have loaded, or missed. */
  bootRepaired(files: readonly string[]): void {
    this.#log.warn(
      { code: "boot-repaired", files },
      `what a boot loads was missing or another text, and has been written anew: ${files.map((file) => `${file}.nft`).join(", ")}`,
    );
  }

  bootTrouble(error: unknown): void {
    const words = error instanceof Error ? error.message : String(error);
    this.#log.error({ code: "boot-unwritten" }, `what a boot loads could not be written: ${words}`);
  }

  installed({ outcome, way, generation, cuts, adopted, notes }: Installed, milliseconds: number): void {
    this.#lastTrouble = undefined;
    const { policy, digest, missing } = generation;
    this.#log.info(
      {
        code: "policy-in-force",
        host: policy.host,
        digest,
        outcome,
        way,
        cuts: cuts.length,
        adopted,
        missing,
        milliseconds: Math.round(milliseconds),
      },
      outcome === "unchanged" ? "the policy is in force already" : "the policy is in force",
    );
    for (const note of notes) this.note(note);
  }

  onProbation(host: string, digest: string, seconds: number): void {
    this.#log.info({ code: "on-probation", host, digest, seconds }, "the policy is on probation");
  }

  link({ code, words }: { readonly code: string; readonly words: string }): void {
    const level = code === "link-up" || code === "certificate-renewed" ? "info" : "warn";
    this.#log[level]({ code }, words);
  }

  /** A doubt is told once, however often it is found. */
  note(note: BulkheadError): void {
    const key = `${note.code} ${note.message}`;
    if (this.#noted.has(key)) return;
    if (this.#noted.size >= MOST_NOTES) this.#noted.clear();
    this.#noted.add(key);
    this.#log.warn({ code: note.code, remedy: note.remedy }, note.message);
  }

  degraded(error: unknown, retryIn: number): void {
    const words = error instanceof Error ? error.message : String(error);
    // Said once, not at every attempt.
    if (words === this.#lastTrouble) return;
    this.#lastTrouble = words;
    const code = error instanceof BulkheadError ? error.code : "command/defect";
    const stack = error instanceof BulkheadError || !(error instanceof Error) ? {} : { stack: error.stack };
    this.#log.error(
      { code, retryInMilliseconds: retryIn, ...stack },
      `the policy could not be brought into force, the rules before it stay: ${words}`,
    );
  }

  /** Said when it begins and when it is over. */
  state(trouble: BulkheadError | undefined): void {
    const before = this.#stateTrouble;
    this.#stateTrouble = trouble;
    if (trouble !== undefined && before === undefined)
      this.#log.error(
        { code: trouble.code, remedy: trouble.remedy },
        `${trouble.message}; enforcement goes on, what is in force is remembered in memory`,
      );
    if (trouble === undefined && before !== undefined)
      this.#log.info({ code: "state-written" }, "the state is on disk again");
  }

  tampering({ at, by, what }: TamperingRecord, isStorm: boolean): void {
    const code = isStorm ? "tampering-storm" : "tampering";
    const words = isStorm ? "somebody changes our table again and again" : "somebody has changed our table";
    this.#log.error({ code, at, by, what }, words);
  }

  mended({ by, milliseconds }: TamperingRecord): void {
    this.#log.warn({ code: "mended", by, milliseconds }, "our table is right again");
  }

  observer(error: unknown, retryIn: number): void {
    const words = error instanceof Error ? error.message : String(error);
    this.#log.error(
      { code: "observer-failed", retryInMilliseconds: retryIn },
      `watching connections has ended, enforcement goes on: ${words}`,
    );
  }
}

const MOST_NOTES = 1_000;
