/** The door for agents by itself, on loopback, with a clock that the test sets, and clients that say what they like. */

import { createPrivateKey, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { type Authority, openAuthority } from "@bulkhead/server/authority/authority.ts";
import { mintToken } from "@bulkhead/server/authority/join-token.ts";
import { Enrolment } from "@bulkhead/server/gateway/enrolment.ts";
import { Gateway } from "@bulkhead/server/gateway/gateway.ts";
import type { FlowReport } from "@bulkhead/server/gateway/session.ts";
import { Estate } from "@bulkhead/server/policy/estate.ts";
import { Versions } from "@bulkhead/server/policy/versions.ts";
import { mainDatabase } from "@bulkhead/server/serve/schema.ts";
import { openDatabase } from "@bulkhead/server/store/database.ts";
import { EventStore } from "@bulkhead/server/store/estate/event-store.ts";
import { HostStore } from "@bulkhead/server/store/estate/host-store.ts";
import { PolicyStore } from "@bulkhead/server/store/estate/policy-store.ts";
import { SettingStore } from "@bulkhead/server/store/estate/settings.ts";
import { TokenStore } from "@bulkhead/server/store/estate/token-store.ts";
import { RolloutStore } from "@bulkhead/server/store/rollouts/rollout-store.ts";
import { renewMessage } from "@bulkhead/shared/protocol/join-token.ts";
import { WebSocket } from "ws";
import { type Identity, makeKey } from "../../agent/link/identity.ts";
import { join } from "../../agent/link/join.ts";
import { ask } from "../../agent/link/request.ts";

export class Stand implements AsyncDisposable {
  readonly clock = { offset: 0 };
  readonly reports: FlowReport[] = [];
  readonly directory: string;
  readonly hosts: HostStore;
  readonly tokens: TokenStore;
  readonly settings: SettingStore;
  readonly rollouts: RolloutStore;
  readonly events: EventStore;
  readonly estate: Estate;
  readonly versions: Versions;
  readonly gateway: Gateway;
  readonly authority: Authority;
  readonly #undo: AsyncDisposableStack;

  private constructor(
    parts: Pick<
      Stand,
      | "directory"
      | "hosts"
      | "tokens"
      | "settings"
      | "rollouts"
      | "events"
      | "estate"
      | "versions"
      | "authority"
    >,
    gateway: Gateway,
    undo: AsyncDisposableStack,
    clock: { offset: number },
    reports: FlowReport[],
  ) {
    this.directory = parts.directory;
    this.hosts = parts.hosts;
    this.tokens = parts.tokens;
    this.settings = parts.settings;
    this.rollouts = parts.rollouts;
    this.events = parts.events;
    this.estate = parts.estate;
    this.versions = parts.versions;
    this.authority = parts.authority;
    this.gateway = gateway;
    this.clock = clock;
    this.reports = reports;
    this.#undo = undo;
  }

  static async start({ heartbeat }: { heartbeat?: number } = {}): Promise<Stand> {
    const undo = new AsyncDisposableStack();
    const directory = mkdtempSync(joinPath(tmpdir(), "bulkhead-gateway-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    const clock = { offset: 0 };
    const now = () => Date.now() + clock.offset;
    const database = openDatabase(mainDatabase(joinPath(directory, "bulkhead.db")));
    undo.defer(() => void database.close());
    const authority = await openAuthority({ directory, now: now() });
    const hosts = new HostStore(database);
    const tokens = new TokenStore(database);
    const settings = new SettingStore(database);
    const events = new EventStore(database);
    const versions = new Versions(new PolicyStore(database), now);
    const rollouts = new RolloutStore(database);
    const estate = new Estate({ hosts, versions, events, settings, rollouts, now, publish: () => {} });
    const reports: FlowReport[] = [];
    const gateway = await Gateway.start({
      host: "127.0.0.1",
      port: 0,
      certificate: await authority.serverCertificate({ names: ["127.0.0.1", "localhost"], now: now() }),
      authority,
      hosts,
      estate,
      enrolment: new Enrolment({ authority, estate, hosts, tokens, settings, now }),
      roots: () => authority.roots,
      take: (_host, report) => {
        reports.push(report);
        return { kind: "taken" };
      },
      version: "test",
      now,
      log: () => {},
      ...(heartbeat !== undefined && { heartbeat }),
    });
    undo.use(gateway);
    const parts = {
      directory,
      hosts,
      tokens,
      settings,
      rollouts,
      events,
      estate,
      versions,
      authority,
    };
    return new Stand(parts, gateway, undo, clock, reports);
  }

  get now(): number {
    return Date.now() + this.clock.offset;
  }

  get url(): string {
    return `https://127.0.0.1:${this.gateway.port}`;
  }

  token(more: { uses?: number; blocks?: string[]; expiresAt?: number; fingerprint?: string } = {}): string {
    const { text, id, secretHash } = mintToken(more.fingerprint ?? this.authority.fingerprint);
    this.tokens.add({
      id,
      secretHash,
      labels: { role: "web" },
      blocks: more.blocks ?? ["10.0.0.0/8"],
      uses: more.uses ?? 1,
      createdAt: this.now,
      createdBy: "a test",
      expiresAt: more.expiresAt ?? this.now + 3_600_000,
    });
    return text;
  }

  async join(name: string, address: string, token = this.token()): Promise<Identity> {
    return (await join({ url: this.url, token, name, addresses: [address] })).identity;
  }

  /** A new certificate for a new key, as an agent gets it whose own has ended. */
  async renew(identity: Identity): Promise<Identity> {
    const url = new URL(this.url);
    const { nonce } = (await ask("GET", new URL("/v1/nonce", url), identity)) as { nonce: string };
    const made = makeKey();
    const message = renewMessage({ hostId: identity.host, publicKey: made.publicKey, nonce });
    const answer = (await ask("POST", new URL("/v1/renew", url), identity, {
      publicKey: made.publicKey.toString("base64"),
      signature: sign("sha256", Buffer.from(message), createPrivateKey(made.pem)).toString("base64"),
      nonce,
    })) as { pem: string };
    return { ...identity, key: made.pem, certificate: answer.pem };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undo[Symbol.asyncDispose]();
  }
}

/** An agent that says whatever it is told to. */
export class Talker {
  readonly heard: { readonly type: string; readonly [more: string]: unknown }[] = [];
  readonly closed: Promise<{ readonly code: number; readonly why: string }>;
  readonly #socket: WebSocket;
  readonly #hearers = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      this.heard.push(JSON.parse(data.toString()));
      for (const hear of [...this.#hearers]) hear();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => resolve({ code, why: reason.toString() }));
      socket.on("error", () => {});
    });
  }

  /** Rejects with what the server says where it does not let it in. */
  static open(
    url: string,
    { key, certificate, roots }: Identity,
    { autoPong = true }: { readonly autoPong?: boolean } = {},
  ): Promise<Talker> {
    const socket = new WebSocket(`${url.replace("https", "wss")}/v1/agent`, {
      autoPong,
      key,
      cert: certificate,
      ca: [...roots],
    });
    const talker = new Talker(socket);
    return new Promise((resolve, reject) => {
      socket.on("open", () => resolve(talker));
      socket.on("unexpected-response", (_request, response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (more: string) => {
          text += more;
        });
        response.on("end", () => reject(new Error(`${response.statusCode}: ${text}`)));
      });
      socket.on("error", reject);
    });
  }

  say(message: unknown): void {
    this.#socket.send(
      typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message),
    );
  }

  hello(addresses: readonly string[]): void {
    this.say({
      type: "hello",
      protocol: 1,
      agent: "test",
      addresses,
      version: 0,
      revision: 0,
      digest: null,
      groups: {},
    });
  }

  async until(type: string, seen = 0): Promise<{ readonly [more: string]: unknown }> {
    for (;;) {
      const found = this.heard.filter((message) => message.type === type)[seen];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const hear = () => {
          this.#hearers.delete(hear);
          resolve();
        };
        this.#hearers.add(hear);
      });
    }
  }

  close(): void {
    this.#socket.close();
  }
}
