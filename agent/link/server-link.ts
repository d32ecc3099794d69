/** The link to the server: what concerns this host comes in, how it is and what it has seen goes out. It comes back by itself whenever it is broken. */

import { sign } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { parseAddress } from "@bulkhead/shared/net/address.ts";
import { renewMessage } from "@bulkhead/shared/protocol/join-token.ts";
import { HEARTBEAT, WIRE } from "@bulkhead/shared/protocol/limits.ts";
import type { FromServer, HostState, ReportedInventory } from "@bulkhead/shared/protocol/messages.ts";
import { renewal } from "@bulkhead/shared/protocol/messages.ts";
import type { HostPolicy, ServerEnd } from "@bulkhead/shared/rules/host-policy.ts";
import type { Spool } from "../report/spool.ts";
import { Connection } from "./connection.ts";
import { type Identity, type IdentityFiles, makeKey, type NewKey, type Remembered } from "./identity.ts";
import { type Order, type Outcome, Received } from "./received.ts";
import { ask } from "./request.ts";

export interface LinkOptions {
  readonly files: IdentityFiles;
  readonly identity: Identity;
  readonly spool: Pick<Spool, "unsent" | "acknowledge">;
  /** What is in force when the daemon starts. */
  readonly inForce: HostPolicy | undefined;
  readonly addresses: () => readonly string[];
  readonly state: () => HostState;
  readonly inventory: () => Promise<ReportedInventory>;
  /** The addresses of a DNS name; never throws. */
  readonly resolve: (name: string) => Promise<readonly string[]>;
  /** Milliseconds to wait before the next attempt. */
  readonly backOff: { failed(): number; succeeded(): void };
  readonly tell: (event: LinkEvent) => void;
  readonly version: string;
  /** Milliseconds; `HEARTBEAT` unless a test is in a hurry. */
  readonly heartbeat?: number;
}

export interface LinkEvent {
  readonly code:
    | "link-up"
    | "link-down"
    | "link-refused"
    | "policy-refused"
    | "certificate-renewed"
    | "server-later";
  readonly words: string;
}

export interface LinkReport {
  readonly url: string;
  readonly host: string;
  readonly connected: boolean;
  /** ISO 8601: since when it is, or is not. */
  readonly since: string;
  readonly why?: string;
  /** Why what the server sent last is not followed. */
  readonly refused?: string;
}

/** What the server wants to be enforced. */
export interface Ordered {
  readonly policy: HostPolicy;
  readonly order: Order;
  /** As the server knows it: policy and members. */
  readonly digest: string;
  readonly confirmWithinSeconds: number | undefined;
  /** Milliseconds of `performance.now()` at which an operator's trial of it ends. */
  readonly trialEnds: number | undefined;
  /** What was in force when the agent started: the server has said nothing since. */
  readonly isRemembered: boolean;
}

const BATCH = 1_000;
const IDLE_MILLISECONDS = 2_000;
const INVENTORY_MILLISECONDS = 3_600_000;
/** A connection that lasts so long is a success. */
const STEADY_MILLISECONDS = 10_000;
const REACH_PAUSE_MILLISECONDS = 500;

export class ServerLink implements AsyncDisposable {
  readonly #options: LinkOptions;
  readonly #received = new Received();
  readonly #hearers = new Set<() => void>();
  #identity: Identity;
  #remembered: Remembered;
  #connection: Connection | undefined;
  #isUp = false;
  #upAt = 0;
  #since = new Date();
  #why = "it was not tried yet";
  #retry: NodeJS.Timeout | undefined;
  #shipping: NodeJS.Timeout | undefined;
  #renewing: NodeJS.Timeout | undefined;
  readonly #beating: NodeJS.Timeout;
  #refused: string | undefined;
  #newKey: NewKey | undefined;
  #nonce = "";
  #onItsWay: number | undefined;
  /** The server takes nothing now. */
  #isPutOff = false;
  #inventoryAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#identity = options.identity;
    this.#remembered = options.files.remembered();
    const { inForce } = options;
    if (inForce !== undefined) this.#received.remember(inForce, this.#remembered);
    this.#beating = setInterval(() => this.report(), HEARTBEAT);
    void this.#connect();
  }

  /** What to enforce; undefined where the server has never said it. */
  ordered(): Ordered | undefined {
    const desired = this.#received.desired();
    if (desired === undefined) return undefined;
    const { body: _, ...said } = desired;
    return { ...said, policy: { ...said.policy, server: this.#remembered.ends } };
  }

  watch(changed: () => void): Disposable {
    this.#hearers.add(changed);
    return { [Symbol.dispose]: () => this.#hearers.delete(changed) };
  }

  link(): LinkReport {
    return {
      url: this.#identity.url,
      host: this.#identity.host,
      connected: this.#isUp,
      since: this.#since.toISOString(),
      ...(!this.#isUp && { why: this.#why }),
      ...(this.#refused !== undefined && { refused: this.#refused }),
    };
  }

  /** Whether the server can be reached by a connection of its own, tried until the time is over. */
  async reach(milliseconds: number): Promise<boolean> {
    const end = performance.now() + milliseconds;
    while (performance.now() < end && !this.#stopped) {
      try {
        await ask("GET", new URL("/v1/reach", this.#identity.url), this.#identity);
        return true;
      } catch {
        await pause(REACH_PAUSE_MILLISECONDS);
      }
    }
    return false;
  }

  /** Tells the server how this host is. */
  report(): void {
    if (this.#isUp) this.#connection?.send({ type: "state", state: this.#options.state() });
  }

  /** This version is in force; to be known after a restart. */
  inForce({ order: { version, revision, content }, digest }: Pick<Ordered, "order" | "digest">): void {
    if (this.#remembered.revision !== revision || this.#remembered.version !== version)
      this.#remember({ version, revision, content, body: digest });
    this.report();
  }

  /** Something was recorded that the server should know at once. */
  hurry(): void {
    if (!this.#isPutOff) this.#ship();
  }

  addressesChanged(): void {
    if (this.#isUp) this.#connection?.send({ type: "addresses", addresses: [...this.#options.addresses()] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    for (const timer of [this.#retry, this.#shipping, this.#renewing, this.#beating]) clearTimeout(timer);
    this.#connection?.end("the agent stops");
  }

  async #connect(): Promise<void> {
    if (this.#stopped) return;
    await this.#renewExpired();
    await this.#findEnds();
    if (this.#stopped) return;
    const connection: Connection = new Connection(
      this.#identity,
      {
        opened: (end) => this.#opened(connection, end),
        message: (message) => this.#handle(message),
        closed: (why) => this.#closed(why),
      },
      this.#options.heartbeat,
    );
    this.#connection = connection;
  }

  /** The server's name may lead elsewhere by now; the way there is never judged, so it has to be known before it is tried. */
  async #findEnds(): Promise<void> {
    const { hostname, port } = new URL(this.#identity.url);
    const name = hostname.replace(/^\[|\]$/g, "");
    const found = parseAddress(name) === undefined ? await this.#options.resolve(name) : [name];
    if (found.length > 0) this.#know(found.map((address) => ({ address, port: Number(port) || 443 })));
  }

  #know(ends: readonly ServerEnd[]): void {
    const sorted = [...ends].sort((a, b) => (a.address < b.address ? -1 : 1));
    if (JSON.stringify(sorted) === JSON.stringify(this.#remembered.ends)) return;
    this.#remember({ ends: sorted });
    this.#changed();
  }

  #opened(connection: Connection, end: ServerEnd): void {
    const { ends } = this.#remembered;
    if (!ends.some(({ address, port }) => address === end.address && port === end.port))
      this.#know([...ends, end]);
    setImmediate(() => {
      const { version, revision, digest, groups } = this.#received.known;
      connection.send({
        type: "hello",
        protocol: WIRE.version,
        agent: this.#options.version,
        addresses: [...this.#options.addresses()],
        version,
        revision,
        digest,
        groups,
      });
    });
  }

  #closed(why: string): void {
    const wasUp = this.#isUp;
    this.#isUp = false;
    this.#connection = undefined;
    this.#onItsWay = undefined;
    this.#isPutOff = false;
    clearTimeout(this.#shipping);
    clearTimeout(this.#renewing);
    // One that ends at once has not helped: the next attempts come ever later.
    if (wasUp && performance.now() - this.#upAt >= STEADY_MILLISECONDS) this.#options.backOff.succeeded();
    if (wasUp) this.#since = new Date();
    if (wasUp || why !== this.#why) this.#options.tell({ code: "link-down", words: why });
    this.#why = why;
    if (this.#stopped) return;
    this.#retry = setTimeout(() => void this.#connect(), this.#options.backOff.failed());
  }

  #handle(message: FromServer): void {
    switch (message.type) {
      case "welcome":
        this.#welcome(message);
        return;
      case "policy":
        this.#settle(this.#received.policy(message));
        return;
      case "same":
        this.#settle(this.#received.same(message));
        return;
      case "members":
        this.#settle(this.#received.members(message));
        return;
      case "acknowledge":
        if (message.upTo !== this.#onItsWay) return;
        this.#onItsWay = undefined;
        this.#options.spool.acknowledge(message.upTo);
        this.#ship();
        return;
      case "later":
        this.#options.tell({ code: "server-later", words: message.why });
        this.#onItsWay = undefined;
        this.#isPutOff = true;
        this.#shipIn(message.seconds * 1000);
        return;
      case "certificate":
        this.#renewed(message);
        return;
      case "refused":
        this.#options.tell({ code: "link-refused", words: `${message.message} [${message.code}]` });
        return;
    }
  }

  #welcome({ host, roots, nonce, renewAt }: Extract<FromServer, { type: "welcome" }>): void {
    const { tell } = this.#options;
    this.#isUp = true;
    this.#upAt = performance.now();
    this.#since = new Date();
    this.#nonce = nonce;
    tell({ code: "link-up", words: `connected to ${this.#identity.url} as ${host}` });
    if (roots.join() !== this.#identity.roots.join()) this.#keep({ ...this.#identity, roots });
    this.#renewAt(renewAt);
    this.report();
    void this.#sendInventory();
    this.#ship();
  }

  #settle({ changed, need, refused }: Outcome): void {
    if (refused !== undefined) {
      this.#refused = refused;
      this.#options.tell({
        code: "policy-refused",
        words: `the server's policy is not followed: ${refused}`,
      });
    } else if (changed) this.#refused = undefined;
    if (need.length > 0) this.#connection?.send({ type: "need", groups: [...need] });
    if (changed || refused !== undefined) this.#changed();
  }

  #changed(): void {
    for (const hear of [...this.#hearers]) hear();
  }

  #ship(): void {
    if (!this.#isUp || this.#onItsWay !== undefined) return;
    const { upTo, records, losses } = this.#options.spool.unsent(BATCH);
    if (records.length + losses.length === 0) {
      this.#shipIn(IDLE_MILLISECONDS);
      return;
    }
    this.#onItsWay = upTo;
    this.#connection?.send({ type: "flows", upTo, records: [...records], losses: [...losses] });
  }

  #shipIn(milliseconds: number): void {
    clearTimeout(this.#shipping);
    this.#shipping = setTimeout(() => {
      this.#isPutOff = false;
      this.#ship();
    }, milliseconds);
  }

  async #sendInventory(): Promise<void> {
    if (performance.now() - this.#inventoryAt < INVENTORY_MILLISECONDS) return;
    this.#inventoryAt = performance.now();
    try {
      this.#connection?.send({ type: "inventory", inventory: await this.#options.inventory() });
    } catch {
      // It is only shown; the next connection tries again.
      this.#inventoryAt = Number.NEGATIVE_INFINITY;
    }
  }

  #renewAt(moment: number): void {
    clearTimeout(this.#renewing);
    const wait = Math.min(Math.max(0, moment - Date.now()), 24 * 3_600_000);
    this.#renewing = setTimeout(() => {
      if (Date.now() < moment) {
        this.#renewAt(moment);
        return;
      }
      const proof = this.#proof(this.#nonce);
      this.#connection?.send({ type: "renew", ...proof });
    }, wait);
  }

  #proof(nonce: string): { readonly publicKey: string; readonly signature: string } {
    const made = makeKey();
    this.#newKey = made;
    const message = renewMessage({ hostId: this.#identity.host, publicKey: made.publicKey, nonce });
    return {
      publicKey: made.publicKey.toString("base64"),
      signature: sign("sha256", Buffer.from(message), made.key).toString("base64"),
    };
  }

  #renewed({
    pem,
    renewAt,
    nonce,
  }: Pick<Extract<FromServer, { type: "certificate" }>, "pem" | "renewAt" | "nonce">): void {
    if (this.#newKey === undefined) return;
    this.#nonce = nonce;
    this.#keep({ ...this.#identity, key: this.#newKey.pem, certificate: pem, renewAt });
    this.#newKey = undefined;
    this.#options.tell({ code: "certificate-renewed", words: "this host has a new certificate" });
    // The connection stands on the old one, and would end with it.
    this.#connection?.end("the certificate was renewed");
  }

  /** After a long time without the server its certificate has ended: then that alone is what it can still ask for. */
  async #renewExpired(): Promise<void> {
    // Renewing is due at two thirds of its life; it ends half as long after that again, so this is early enough and never far too early.
    if (Date.now() < this.#identity.renewAt) return;
    try {
      const url = new URL(this.#identity.url);
      const { nonce } = (await ask("GET", new URL("/v1/nonce", url), this.#identity)) as { nonce: string };
      const answer = renewal.parse(
        await ask("POST", new URL("/v1/renew", url), this.#identity, { ...this.#proof(nonce), nonce }),
      );
      this.#renewed({ ...answer, nonce: "" });
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      if (error instanceof BulkheadError && error.code !== "link/unreachable")
        this.#options.tell({ code: "link-refused", words: `the certificate could not be renewed: ${words}` });
    }
  }

  #keep(identity: Identity): void {
    this.#identity = identity;
    this.#options.files.write(identity);
  }

  #remember(part: Partial<Remembered>): void {
    this.#remembered = { ...this.#remembered, ...part };
    this.#options.files.remember(this.#remembered);
  }
}
