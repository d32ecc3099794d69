import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { controlClient } from "./control-client.ts";
import { serveControl } from "./control-server.ts";
import { LineQueue } from "./line-queue.ts";
import { serveMetrics } from "./metrics-server.ts";
import type { Route } from "./route.ts";
import { groupNumber } from "./socket-file.ts";

const here: { directory: string; path: string } = { directory: "", path: "" };

beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-control-"));
  here.path = join(here.directory, "run", "agent.sock");
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

const hello: Route = {
  method: "GET",
  path: "/v1/hello",
  handler: () => ({ kind: "json", body: { hello: 1 } }),
};

function serve(...routes: readonly Route[]): Promise<AsyncDisposable> {
  return serveControl({ path: here.path, routes: [hello, ...routes], group: "no such group" });
}

/** What comes back for these bytes, until the daemon closes. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(here.path);
  socket.write(bytes);
  return received(socket);
}

async function received(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  socket.on("error", () => {});
  await once(socket, "close");
  return text;
}

test("a question has its answer, and what the daemon refuses has a code and a remedy", async () => {
  await using _server = await serve({
    method: "POST",
    path: "/v1/echo",
    handler: ({ body, query }) => {
      if (query.has("fail")) throw new BulkheadError("apply/nothing-applied", "nothing here");
      return { kind: "json", body: { body } };
    },
  });
  const client = controlClient(here.path);
  expect(await client.get("/v1/hello")).toEqual({ hello: 1 });
  expect(await client.post("/v1/echo", { a: "ü" })).toEqual({ body: { a: "ü" } });
  await expect(client.post("/v1/echo?fail=1", {})).rejects.toMatchObject({
    code: "apply/nothing-applied",
    message: "nothing here",
    remedy: "Apply one with 'bulkhead-agent apply PATH'.",
  });
  await expect(client.get("/v1/nothing")).rejects.toMatchObject({ code: "daemon/bad-request" });
});

test("a defect in an answer is told as one, and the daemon goes on", async () => {
  await using _server = await serve({
    method: "GET",
    path: "/v1/defect",
    handler: () => {
      throw new RangeError("oh");
    },
  });
  const client = controlClient(here.path);
  await expect(client.get("/v1/defect")).rejects.toMatchObject({ code: "command/defect" });
  expect(await client.get("/v1/hello")).toEqual({ hello: 1 });
});

test("without the group the socket is its owner's alone, and so is what others could do about it", async () => {
  await using _server = await serve();
  expect(statSync(here.path).mode & 0o777).toBe(0o600);
  expect(statSync(join(here.path, "..")).mode & 0o777).toBe(0o750);
});

test.runIf(process.geteuid?.() === 0)("the group may speak, and nobody else", async () => {
  const group = groupNumber("daemon");
  await using _server = await serveControl({ path: here.path, routes: [hello], group: "daemon" });
  chmodSync(here.directory, 0o755);
  const { mode, gid } = statSync(here.path);
  expect([mode & 0o777, gid]).toEqual([0o660, group]);
  expect(statSync(join(here.path, "..")).gid).toBe(group);
  const says = (...as: string[]) => {
    const program = `require("net").connect(${JSON.stringify(here.path)}).on("connect",()=>process.exit(0)).on("error",e=>{console.log(e.code);process.exit(1)})`;
    const words = ["--reuid=65534", ...as, "--", process.execPath, "-e", program];
    return spawnSync("setpriv", words, { encoding: "utf8" }).stdout.trim();
  };
  // Asked from outside, since this process must go on listening meanwhile: the kernel takes the connection by itself.
  expect(says("--regid=65534", "--clear-groups")).toBe("EACCES");
  expect(says(`--regid=${group}`, "--clear-groups")).toBe("");
});

test("a dead daemon's socket is replaced, a live one's and what is no socket are not", async () => {
  const first = createServer().listen(join(here.directory, "left.sock"));
  await once(first, "listening");
  here.path = join(here.directory, "left.sock");
  await expect(serve()).rejects.toMatchObject({ code: "daemon/socket-running" });
  const program = `require("net").createServer().listen(${JSON.stringify(here.path)}, () => process.kill(process.pid, "SIGKILL"))`;
  first.close();
  await once(first, "close");
  spawnSync(process.execPath, ["-e", program]);
  expect(existsSync(here.path)).toBe(true);
  {
    await using _server = await serve();
    expect(await controlClient(here.path).get("/v1/hello")).toEqual({ hello: 1 });
  }
  expect(existsSync(here.path)).toBe(false);
  writeFileSync(here.path, "mine");
  await expect(serve()).rejects.toMatchObject({ code: "daemon/socket-failed" });
});

test("where nobody listens, the words say what to do", async () => {
  const client = controlClient(here.path);
  await expect(client.get("/v1/hello")).rejects.toMatchObject({ code: "daemon/not-running" });
});

test("what is too large is refused, and does not stay in memory", async () => {
  await using _server = await serve({
    method: "POST",
    path: "/v1/big",
    handler: () => ({ kind: "json", body: {} }),
  });
  await expect(controlClient(here.path).post("/v1/big", { text: "x".repeat(70_000) })).rejects.toMatchObject({
    code: "daemon/bad-request",
  });
  expect(await raw(`GET /v1/hello HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 431/,
  );
  expect(await raw("this is no HTTP\r\n\r\n")).toMatch(/^HTTP\/1.1 400/);
  expect(await controlClient(here.path).get("/v1/hello")).toEqual({ hello: 1 });
});

test("too many at once are told so, and there is room again when others go", async () => {
  await using _server = await serve();
  const idle = Array.from({ length: 64 }, () => connect(here.path));
  await Promise.all(idle.map((socket) => once(socket, "connect")));
  await expect(controlClient(here.path).get("/v1/hello")).rejects.toMatchObject({
    code: "daemon/overloaded",
  });
  for (const socket of idle) socket.destroy();
  await Promise.all(idle.map((socket) => once(socket, "close")));
  await expect.poll(() => controlClient(here.path).get("/v1/hello")).toEqual({ hello: 1 });
});

test("a stream tells what happens as it happens, until the asker has heard enough", async () => {
  const queues: LineQueue[] = [];
  await using _server = await serve({
    method: "GET",
    path: "/v1/follow",
    handler: ({ signal }) => {
      const queue = new LineQueue(10, signal);
      queues.push(queue);
      queue.push({ at: 1 });
      return { kind: "lines", lines: queue };
    },
  });
  const enough = new AbortController();
  const lines = controlClient(here.path).lines<{ at: number }>("/v1/follow", {}, enough.signal);
  expect((await lines.next()).value).toEqual({ at: 1 });
  queues[0]?.push({ at: 2 });
  expect((await lines.next()).value).toEqual({ at: 2 });
  enough.abort();
  expect((await lines.next()).done).toBe(true);
  await expect.poll(() => queues[0]?.isOpen).toBe(false);
});

test("a reader that does not read is let go, and others are served meanwhile", async () => {
  const queues: LineQueue[] = [];
  await using _server = await serve({
    method: "GET",
    path: "/v1/follow",
    handler: ({ signal }) => {
      const queue = new LineQueue(100, signal);
      queues.push(queue);
      return { kind: "lines", lines: queue };
    },
  });
  const lazy = connect(here.path);
  lazy.on("error", () => {});
  lazy.write("GET /v1/follow HTTP/1.1\r\nhost: a\r\n\r\n");
  await expect.poll(() => queues.length).toBe(1);
  lazy.pause();
  for (let at = 0; queues[0]?.isOpen && at < 100_000; at++) {
    queues[0].push({ text: "x".repeat(1000) });
    if (at % 50 === 0) await new Promise(setImmediate);
  }
  expect(queues[0]?.isOpen).toBe(false);
  expect(await controlClient(here.path).get("/v1/hello")).toEqual({ hello: 1 });
  lazy.resume();
  await once(lazy, "close");
});

test("an answer that breaks off is no answer", async () => {
  await using _server = await serve({
    method: "GET",
    path: "/v1/lines",
    handler: () => ({
      kind: "lines",
      lines: (async function* () {
        yield { at: 1 };
        throw new Error("disk");
      })(),
    }),
  });
  const all = Array.fromAsync(controlClient(here.path).lines("/v1/lines"));
  await expect(all).rejects.toMatchObject({ code: "daemon/no-answer" });
});

test("many lines go through whole", async () => {
  const lines = Array.from({ length: 50_000 }, (_, at) => ({ at, text: "äöü" }));
  await using _server = await serve({
    method: "GET",
    path: "/v1/lines",
    handler: () => ({ kind: "lines", lines }),
  });
  expect(await Array.fromAsync(controlClient(here.path).lines("/v1/lines"))).toEqual(lines);
});

test("metrics are to be had on the loopback address, and nothing else is", async () => {
  const route: Route = {
    method: "GET",
    path: "/metrics",
    handler: () => ({ kind: "text", text: "x 1\n", type: "text/plain" }),
  };
  await using server = await serveMetrics({ port: 0, route });
  expect(await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text()).toBe("x 1\n");
  expect((await fetch(`http://127.0.0.1:${server.port}/v1/status`)).status).toBe(404);
  await expect(serveMetrics({ port: server.port, route })).rejects.toMatchObject({
    code: "daemon/socket-failed",
  });
});
