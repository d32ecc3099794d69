/** People before a real API over real TLS, with policies and an estate of hosts that are written down, and no agents. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COST, Passwords } from "@bulkhead/server/accounts/password.ts";
import type { Role } from "@bulkhead/server/accounts/role.ts";
import type { ApiParts } from "@bulkhead/server/api/parts.ts";
import { apiRoutes } from "@bulkhead/server/api/routes.ts";
import type { ProviderDoor } from "@bulkhead/server/http/provider-signing.ts";
import {
  type Asking,
  type RunningServer,
  runServer,
  type Told,
} from "@bulkhead/server/http/testing/running-server.ts";
import { Identity } from "@bulkhead/server/identity/identity.ts";
import { Approvals } from "@bulkhead/server/policy/approvals.ts";
import { Estate } from "@bulkhead/server/policy/estate.ts";
import { Judging } from "@bulkhead/server/policy/judging/thread.ts";
import { Provisioning } from "@bulkhead/server/policy/provisioning.ts";
import { Versions } from "@bulkhead/server/policy/versions.ts";
import { mainDatabase } from "@bulkhead/server/serve/schema.ts";
import { providerStore } from "@bulkhead/server/store/accounts/provider-store.ts";
import { openDatabase } from "@bulkhead/server/store/database.ts";
import { ApprovalStore } from "@bulkhead/server/store/estate/approval-store.ts";
import { EventStore, type StoredEvent } from "@bulkhead/server/store/estate/event-store.ts";
import { HostStore } from "@bulkhead/server/store/estate/host-store.ts";
import { PolicyStore } from "@bulkhead/server/store/estate/policy-store.ts";
import { SettingStore } from "@bulkhead/server/store/estate/settings.ts";
import { RolloutStore } from "@bulkhead/server/store/rollouts/rollout-store.ts";

export const PASSWORD = "correct horse battery";

/** Somebody who asks: `socket`, or by the token of a session or of the API. */
export type Who = "socket" | { readonly token: string };

export class Office implements AsyncDisposable {
  readonly server: RunningServer;
  readonly estate: Estate;
  readonly hosts: HostStore;
  readonly versions: Versions;
  readonly identity: Identity;
  readonly #events: EventStore;
  readonly #undo: AsyncDisposableStack;

  private constructor(
    server: RunningServer,
    parts: Pick<ApiParts, "estate" | "hosts" | "versions" | "events" | "identity">,
    undo: AsyncDisposableStack,
  ) {
    this.server = server;
    this.estate = parts.estate;
    this.hosts = parts.hosts;
    this.versions = parts.versions;
    this.identity = parts.identity;
    this.#events = parts.events;
    this.#undo = undo;
  }

  /** @param more parts of the API that a test brings itself. */
  static async open(more: Partial<ApiParts> = {}): Promise<Office> {
    const undo = new AsyncDisposableStack();
    const directory = mkdtempSync(join(tmpdir(), "bulkhead-office-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    const database = openDatabase(mainDatabase(join(directory, "bulkhead.db")));
    undo.defer(() => void database.close());
    const clock = { server: undefined as RunningServer | undefined };
    const made = { identity: undefined as Identity | undefined };
    const now = () => clock.server?.clock.now ?? Date.now();
    const [hosts, events, settings] = [
      undo.use(new HostStore(database)),
      new EventStore(database),
      new SettingStore(database),
    ];
    const versions = new Versions(new PolicyStore(database), now);
    const rollouts = new RolloutStore(database);
    const estate = new Estate({ hosts, versions, events, settings, rollouts, now, publish: () => {} });
    const judging = undo.use(new Judging());
    const note: ApiParts["note"] = (event) => void events.add({ at: now(), ...event });
    const server = await runServer({
      passwords: new Passwords({ ...COST, memory: 64 }),
      rates: { attempts: 1_000 },
      provider: doorTo(() => made.identity),
      tell: note,
      routesOf: (accounts) => {
        const approvals = new Approvals({
          ...{ store: new ApprovalStore(database), versions, estate, judging, settings, now },
          mayApprove: (account, at) => accounts.people.mayApprove(account, at),
        });
        made.identity = new Identity({
          ...{ store: providerStore(database), accounts: accounts.provided, now, tell: note, warn: () => {} },
          ownUrl: () => `https://127.0.0.1:${clock.server?.server.port}`,
        });
        const provisioning = new Provisioning({ estate, versions, judging, approvals });
        return apiRoutes({
          ...{
            identity: made.identity,
            accounts,
            approvals,
            provisioning,
            estate,
            versions,
            hosts,
            events,
            settings,
            judging,
            now,
          },
          ...{ note, apiUrl: () => "https://bulkhead.example" },
          ...more,
        } as ApiParts);
      },
    });
    undo.use(server);
    clock.server = server;
    if (made.identity === undefined) throw new Error("the routes were not asked for");
    return new Office(server, { estate, hosts, versions, events, identity: made.identity }, undo);
  }

  /** Makes an account and signs in to it. */
  async hire(name: string, role: Role, scope?: readonly string[]): Promise<Who> {
    await this.server.accounts.people.create({ name, role, scope, password: PASSWORD });
    return this.signIn(name);
  }

  async signIn(account: string): Promise<Who> {
    const body = { account, password: PASSWORD, keep: "token" };
    const { token } = await this.done<{ token: string }>("socket", "POST", "/api/v1/sign-in", body);
    return { token };
  }

  /** An API token that this one makes. */
  async token(who: Who, name: string, role: Role, more: object = {}): Promise<Who> {
    const body = { name, role, expiresInSeconds: 3_600, ...more };
    const { token } = await this.done<{ token: string }>(who, "POST", "/api/v1/api-tokens", body);
    return { token };
  }

  /** A host that has joined, without an agent. */
  join(name: string, address: string, labels: Readonly<Record<string, string>>): void {
    const host = { id: name, name, labels, blocks: ["10.0.0.0/8"], addresses: [address] };
    this.hosts.add({ ...host, joinedAt: this.server.clock.now, token: "a test" });
    this.estate.joined(this.estate.host(name), "a test");
  }

  ask(who: Who, method: string, path: string, body?: object): Promise<Told> {
    const asking: Asking = { method, path, ...(body !== undefined && { body: JSON.stringify(body) }) };
    return who === "socket"
      ? this.server.overSocket(asking)
      : this.server.overTls({ ...asking, token: who.token });
  }

  /** What is answered where it has to succeed. */
  async done<T>(who: Who, method: string, path: string, body?: object): Promise<T> {
    const { status, text } = await this.ask(who, method, path, body);
    if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** Why it is refused: code and message. */
  async refusal(who: Who, method: string, path: string, body?: object): Promise<string> {
    const { status, text } = await this.ask(who, method, path, body);
    if (status < 400) throw new Error(`${method} ${path} was let through: ${text}`);
    const { code, message } = (JSON.parse(text) as { error: { code: string; message: string } }).error;
    return `${code}: ${message}`;
  }

  /** Pushes a draft. Gives its number. */
  async push(who: Who, text: string): Promise<number> {
    const files = [{ name: "policy.yaml", text }];
    const { number, problems } = await this.done<{ number: number | null; problems: object[] }>(
      ...([who, "POST", "/api/v1/policies", { files, message: "a test" }] as const),
    );
    if (number === null) throw new Error(JSON.stringify(problems));
    return number;
  }

  /** What has happened of these kinds, the oldest first. */
  happened(...kinds: readonly string[]): readonly StoredEvent[] {
    return this.#events
      .latest({ most: 1_000 })
      .filter(({ kind }) => kinds.includes(kind))
      .toReversed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undo.disposeAsync();
  }
}

/** The frame is built before the accounts are there. */
function doorTo(made: () => Identity | undefined): ProviderDoor {
  const identity = () => {
    const there = made();
    if (there === undefined) throw new Error("nobody has made it yet");
    return there;
  };
  return {
    get redirectUri() {
      return identity().redirectUri;
    },
    begin: (to) => identity().begin(to),
    finish: (back) => identity().finish(back),
  };
}
