/** One connected agent: what it says goes to the estate, what concerns it comes from there. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { decodeFromAgent } from "@bulkhead/shared/protocol/decode.ts";
import { HEARTBEAT, WIRE } from "@bulkhead/shared/protocol/limits.ts";
import type { FromAgent, FromServer } from "@bulkhead/shared/protocol/messages.ts";
import type { WebSocket } from "ws";
import { type Actor, onBehalfOf } from "../audit/acting.ts";
import type { Subscriber } from "../policy/distribution.ts";
import type { Estate } from "../policy/estate.ts";
import type { StoredHost } from "../store/estate/host-store.ts";
import type { Enrolment } from "./enrolment.ts";

/** Why a session is closed; the agent shows the words. */
export const CLOSE = {
  revoked: 4001,
  replaced: 4002,
  expired: 4003,
  misunderstood: 4004,
  slow: 4005,
  recalled: 4006,
  leaving: 1001,
} as const;

export type FlowReport = Extract<FromAgent, { type: "flows" }>;

/** What became of a report. */
export type Taken =
  | { readonly kind: "taken" }
  | { readonly kind: "known" }
  | { readonly kind: "later"; readonly seconds: number; readonly why: string };

export interface SessionParts {
  readonly estate: Estate;
  readonly enrolment: Enrolment;
  readonly roots: () => readonly string[];
  readonly take: (host: StoredHost, report: FlowReport) => Taken;
  readonly version: string;
  readonly now: () => number;
  /** Milliseconds: something has to be heard of an agent in three times that. */
  readonly heartbeat?: number;
  readonly log: (words: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** Frames that wait for a slow reader; it may come back and get the difference. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

export class Session implements Subscriber {
  readonly host: string;
  readonly #socket: WebSocket;
  readonly #parts: SessionParts;
  readonly #ended: (why: string) => void;
  readonly #serial: string;
  readonly #notAfter: number;
  readonly #actor: Actor;
  #heard: number;
  #greeted = false;
  #nonce = "";
  #busy: Promise<void> = Promise.resolve();

  constructor(
    socket: WebSocket,
    {
      host,
      serial,
      notAfter,
      address,
    }: {
      readonly host: StoredHost;
      readonly serial: string;
      readonly notAfter: number;
      /** From where the agent speaks. */
      readonly address: string;
    },
    parts: SessionParts,
    ended: (why: string) => void,
  ) {
    this.host = host.name;
    this.#socket = socket;
    this.#serial = serial;
    this.#notAfter = notAfter;
    this.#actor = { who: `host ${host.name}`, credential: "certificate", address };
    this.#parts = parts;
    this.#ended = ended;
    this.#heard = performance.now();
    socket.on("message", (data, isBinary) => this.#receive(isBinary ? undefined : data.toString()));
    socket.on("pong", () => {
      this.#heard = performance.now();
    });
    socket.on("error", () => {});
    socket.on("close", (code, reason) => ended(reason.toString() || `closed (${code})`));
    const { nonces } = parts.enrolment;
    this.#nonce = nonces.make();
  }

  send(frame: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MOST_WAITING_BYTES) {
      this.close(CLOSE.slow, "it reads too slowly; it may come back and get the difference");
      return;
    }
    this.#socket.send(frame);
  }

  close(code: number, why: string): void {
    this.#socket.close(code, why.slice(0, 120));
    // Whoever does not answer the close is cut off.
    setTimeout(() => this.#socket.terminate(), 1_000).unref();
    this.#ended(why);
  }

  /** To be called every few seconds: asks for a sign of life, and ends what has none, or whose certificate has ended. */
  tick(): void {
    const { now, heartbeat = HEARTBEAT } = this.#parts;
    if (now() > this.#notAfter) this.close(CLOSE.expired, "the host's certificate has expired");
    // By a clock that nobody sets.
    else if (performance.now() - this.#heard > 3 * heartbeat) {
      this.#ended("nothing was heard of it");
      this.#socket.terminate();
    } else this.#socket.ping();
  }

  #tell(message: FromServer): void {
    this.send(JSON.stringify(message));
  }

  #receive(text: string | undefined): void {
    this.#heard = performance.now();
    const decoded = text === undefined ? { problem: "it is not text" } : decodeFromAgent(text);
    if ("problem" in decoded) {
      this.#parts.log("a message of an agent was not understood", {
        host: this.host,
        problem: decoded.problem,
      });
      this.close(CLOSE.misunderstood, `not understood: ${decoded.problem}`);
      return;
    }
    const { message } = decoded;
    if (!this.#greeted && message.type !== "hello") {
      this.close(CLOSE.misunderstood, "expected hello first");
      return;
    }
    // One after the other, as renewing takes its time.
    this.#busy = this.#busy
      .then(() => onBehalfOf(this.#actor, () => this.#handle(message)))
      .catch((error) => this.#failed(error));
  }

  async #handle(message: FromAgent): Promise<void> {
    const { estate, enrolment, roots, version, now } = this.#parts;
    switch (message.type) {
      case "hello": {
        if (this.#greeted) return this.close(CLOSE.misunderstood, "hello twice");
        this.#greeted = true;
        this.#tell({
          type: "welcome",
          protocol: Math.min(WIRE.version, message.protocol),
          host: this.host,
          server: version,
          now: now(),
          roots: [...roots()],
          nonce: this.#nonce,
          renewAt: enrolment.renewAt({ serial: this.#serial, notAfter: this.#notAfter }),
        });
        this.#refused(estate.addresses(this.host, message.addresses));
        estate.connected(this.host);
        estate.distribution.attach(
          this,
          { digest: message.digest, groups: message.groups },
          { isKept: estate.isAhead(this.host, message) },
        );
        return;
      }
      case "addresses":
        return this.#refused(estate.addresses(this.host, message.addresses));
      case "state":
        return estate.state(this.host, message.state);
      case "need":
        return estate.distribution.resend(this.host, message.groups);
      case "inventory":
        return estate.inventory(this.host, message.inventory);
      case "flows":
        return this.#take(message);
      case "renew": {
        const host = estate.host(this.host);
        const renewal = await enrolment.renew(host, { ...message, nonce: this.#nonce });
        this.#nonce = enrolment.nonces.make();
        this.#tell({ type: "certificate", ...renewal, nonce: this.#nonce });
        return;
      }
    }
  }

  #take(report: FlowReport): void {
    const taken = this.#parts.take(this.#parts.estate.host(this.host), report);
    if (taken.kind === "later") this.#tell({ type: "later", seconds: taken.seconds, why: taken.why });
    else this.#tell({ type: "acknowledge", upTo: report.upTo });
  }

  #refused(refused: readonly { readonly address: string; readonly why: string }[]): void {
    for (const { address, why } of refused)
      this.#tell({ type: "refused", code: "server/join-refused", message: `the address ${address}: ${why}` });
  }

  #failed(error: unknown): void {
    const words = error instanceof Error ? error.message : String(error);
    this.#parts.log("a message of an agent could not be handled", { host: this.host, error: words });
    const code = error instanceof BulkheadError ? error.code : "command/defect";
    this.#tell({ type: "refused", code, message: words.slice(0, 1_000) });
  }
}
