/** FAULTS.md, rows 34 and 36: a server with the right certificate that means harm, or is not what it was. The agent's own link, over TLS on loopback. */

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tlsServerOptions } from "@bulkhead/server/authority/tls-options.ts";
import { Distribution, type Subscriber } from "@bulkhead/server/policy/distribution.ts";
import type { FromServer } from "@bulkhead/shared/protocol/messages.ts";
import { policyOf } from "@bulkhead/shared/rules/testing/policies.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { type Identity, IdentityFiles } from "../../agent/link/identity.ts";
import { type LinkEvent, ServerLink } from "../../agent/link/server-link.ts";
import { Stand } from "./gateway-stand.ts";

const HOST = "web-1";
const POLICY = policyOf(`
segments: { web: { select: "role=web" } }
rules: [{ name: front, allow: tcp/443, from: web, to: web }]
hosts: { web-1: { addresses: [10.0.0.11], labels: { role: web } } }
`);
const NOTHING_TO_SAY = { records: [], losses: [], upTo: 0 };

let stand: Stand;
let identity: Identity;
let pretender: Pretender;
let agent: Agent;

/** What a real server would send. */
function honest(order: { version: number; revision: number; content: string }): string[] {
  const frames: string[] = [];
  const subscriber: Subscriber = { host: HOST, send: (frame) => frames.push(frame) };
  const distribution = new Distribution(POLICY.hosts.values(), { ...order, policy: POLICY });
  distribution.attach(subscriber, { digest: null, groups: {} });
  return frames;
}

/** A server that says what the test wants. */
class Pretender {
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #connected: WebSocket[] = [];

  static async start(): Promise<Pretender> {
    const certificate = await stand.authority.serverCertificate({ names: ["127.0.0.1"], now: Date.now() });
    const roots = stand.authority.roots;
    const server = createServer(tlsServerOptions({ ...certificate, roots, clients: "optional" }));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Pretender(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    server.on("upgrade", (request, socket, head) =>
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#connected.push(webSocket);
        webSocket.on("error", () => {});
        this.#say(webSocket, WELCOME());
      }),
    );
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  say(...messages: readonly (string | object)[]): void {
    const socket = this.#connected.at(-1);
    for (const message of messages) if (socket !== undefined) this.#say(socket, message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#connected) socket.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  #say(socket: WebSocket, message: string | object): void {
    socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }
}

const WELCOME = (): FromServer => ({
  type: "welcome",
  protocol: 1,
  host: HOST,
  server: "test",
  now: Date.now(),
  roots: [...stand.authority.roots],
  nonce: "n",
  renewAt: Date.now() + 86_400_000,
});

/** The agent's side, without a kernel behind it. */
class Agent implements AsyncDisposable {
  readonly events: LinkEvent[] = [];
  readonly link: ServerLink;
  #wakeUp = () => {};

  constructor(files: IdentityFiles, own: Identity, heartbeat?: number) {
    this.link = new ServerLink({
      files,
      identity: own,
      spool: { unsent: () => NOTHING_TO_SAY, acknowledge: () => {} },
      inForce: undefined,
      addresses: () => ["10.0.0.11"],
      state: () => expect.fail("nobody asks"),
      inventory: () => Promise.reject(new Error("not now")),
      resolve: async () => [],
      backOff: { failed: () => 10, succeeded: () => {} },
      tell: (event) => {
        this.events.push(event);
        this.#wakeUp();
      },
      version: "test",
      ...(heartbeat !== undefined && { heartbeat }),
    });
    // The state is asked for at once, and is nothing that matters here.
    this.link.report = () => {};
    this.link.watch(() => this.#wakeUp());
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo())
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve;
      });
  }

  /** The words of the event with this code that comes after `seen` others. */
  async told(code: LinkEvent["code"], seen = 0): Promise<string> {
    const ofCode = () => this.events.filter((event) => event.code === code);
    await this.until(() => ofCode().length > seen);
    return ofCode()[seen]?.words ?? "";
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.link[Symbol.asyncDispose]();
  }
}

let directory: string;
beforeAll(async () => {
  stand = await Stand.start();
  identity = await stand.join(HOST, "10.0.0.11");
});
afterAll(() => stand?.[Symbol.asyncDispose]());
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "bulkhead-hostile-"));
  pretender = await Pretender.start();
  const own = { ...identity, url: pretender.url };
  agent = new Agent(new IdentityFiles(directory), own);
  await agent.told("link-up");
  pretender.say(...honest({ version: 5, revision: 7, content: "aa" }));
  await agent.until(() => agent.link.ordered() !== undefined);
});
afterEach(async () => {
  await agent?.[Symbol.asyncDispose]();
  await pretender?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const ordered = () => JSON.stringify(agent.link.ordered());
const policyMessage = () => JSON.parse(honest({ version: 6, revision: 8, content: "bb" }).at(-1) ?? "");

describe("what is no typed policy within its limits ends the connection and changes nothing", () => {
  const cases: readonly (readonly [string, () => string | object])[] = [
    ["a command", () => ({ type: "run", command: "reboot" })],
    ["a file", () => ({ type: "file", path: "/etc/shadow", content: "" })],
    ["nftables text for a policy", () => ({ ...policyMessage(), policy: "flush ruleset" })],
    ["a policy with more in it than there is", () => ({ ...policyMessage(), exec: "id" })],
    [
      "a member that is no address",
      () => ({
        type: "members",
        hold: false,
        group: "web",
        from: null,
        to: "0",
        add: ["0.0.0.0/0; drop"],
        remove: [],
      }),
    ],
    ["no JSON", () => "accept"],
    ["nesting without end", () => `{"type":${"[".repeat(500_000)}`],
    ["more than a message may have", () => `"${"x".repeat(17 * 1024 * 1024)}"`],
  ];
  test.each(cases)("%s", async (_what, message) => {
    const before = ordered();
    pretender.say(message());
    await agent.told("link-down");
    expect(ordered()).toBe(before);
    // It is back by itself, and follows what is honest.
    await agent.told("link-up", 1);
    pretender.say(...honest({ version: 6, revision: 8, content: "bb" }));
    await agent.until(() => agent.link.ordered()?.order.version === 6);
  });
});

describe("a policy that is not the newest of its server is refused, with an alarm", () => {
  test.each([
    ["an older one again", { version: 4, revision: 6, content: "99" }, "was made active before version 5"],
    ["the same number with other content", { version: 5, revision: 8, content: "bb" }, "has other content"],
  ])("%s", async (_what, order, words) => {
    const before = ordered();
    pretender.say(...honest(order));
    expect(await agent.told("policy-refused")).toContain(words);
    expect(ordered()).toBe(before);
    expect(agent.link.link().refused).toContain(words);
    pretender.say(...honest({ version: 6, revision: 9, content: "cc" }));
    await agent.until(() => agent.link.ordered()?.order.version === 6);
    expect(agent.link.link().refused).toBeUndefined();
  });

  test("control: a rollback is an older version in a newer activation, and is followed", async () => {
    pretender.say(...honest({ version: 4, revision: 8, content: "99" }));
    await agent.until(() => agent.link.ordered()?.order.version === 4);
    expect(agent.events.filter(({ code }) => code === "policy-refused")).toEqual([]);
  });

  test("also after a restart of the agent", async () => {
    const inForce = agent.link.ordered();
    if (inForce === undefined) throw new Error("nothing is in force");
    agent.link.inForce(inForce);
    await agent[Symbol.asyncDispose]();
    expect(new IdentityFiles(directory).remembered()).toMatchObject({
      version: 5,
      revision: 7,
      content: "aa",
    });
  });
});

test("a server of which nothing is heard is given up, and tried anew", async () => {
  await using hasty = new Agent(new IdentityFiles(directory), { ...identity, url: pretender.url }, 50);
  await hasty.told("link-up");
  expect(await hasty.told("link-down")).toContain("nothing was heard of the server for 0.15 s");
  await hasty.told("link-up", 1);
});
