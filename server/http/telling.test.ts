import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { expect, test } from "vitest";
import { z } from "zod";
import { EventFeed } from "./event-feed.ts";
import { route } from "./route.ts";
import { codeOf, type RunningServer, runServer } from "./testing/running-server.ts";

/** Opens the stream of events; `until` reads on until the text holds something. */
async function listen({ server, authority }: RunningServer, token: string, after?: string) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asked = request({
    host: "127.0.0.1",
    port: server.port,
    ca: authority.pem,
    path: "/api/v1/events",
    agent: false,
    headers: { authorization: `Bearer ${token}`, ...(after !== undefined && { "last-event-id": after }) },
  });
  asked.once("response", resolve).on("error", reject).end();
  const answer = await promise;
  let text = "";
  const parts = answer.setEncoding("utf8")[Symbol.asyncIterator]() as AsyncIterator<string>;
  return {
    answer,
    close: () => asked.destroy(),
    until: async (wanted: string) => {
      while (!text.includes(wanted)) {
        const { done, value } = await parts.next();
        if (done === true) throw new Error(`the stream ended with: ${text}`);
        text += value;
      }
      return text;
    },
    /** The rest, until the server ends it. */
    rest: async () => {
      for (let next = await parts.next(); next.done !== true; next = await parts.next()) text += next.value;
      return text;
    },
  };
}

test("events come as they happen, and a listener that comes back hears what it missed", async () => {
  await using at = await runServer();
  const token = at.token("viewer");
  const first = await listen(at, token);
  expect(first.answer.headers["content-type"]).toBe("text/event-stream");
  await first.until("retry: ");
  at.events.publish({ kind: "host-joined", at: 1, host: "web-1\n" });
  const text = await first.until("web-1");
  const id = /^id: (.+)$/m.exec(text)?.[1];
  first.close();
  await expect.poll(() => at.events.listeners).toBe(0);
  at.events.publish({ kind: "host-joined", at: 2, host: "web-2" });
  const second = await listen(at, token, id);
  expect(await second.until("web-2")).not.toContain("web-1");
});

test("a heartbeat comes where nothing happens, and a revoked token ends the stream with a reason", async () => {
  await using at = await runServer({ beatMilliseconds: 50 });
  const token = at.token("viewer");
  const stream = await listen(at, token);
  await stream.until("\n:\n\n");
  at.accounts.revokeToken(token.split(".")[1] ?? "");
  expect(await stream.rest()).toMatch(/event: ended\ndata: .*"reason":"the session or token has ended"/);
});

test("a listener that reads nothing is let go, and the server's memory of it too", async () => {
  const events = new EventFeed({ waiting: 50 });
  await using at = await runServer({ events });
  const stream = await listen(at, at.token("viewer"));
  await stream.until("retry: ");
  expect(events.listeners).toBe(1);
  const text = "x".repeat(60_000);
  // More than the kernel's buffers of both ends hold.
  for (let count = 0; events.listeners > 0 && count < 2_000; count += 1) {
    events.publish({ kind: "large", at: count, text });
    await new Promise(setImmediate);
  }
  expect(events.listeners).toBe(0);
  expect(await stream.rest()).toMatch(/"reason":"more than 50 events waited for this listener"/);
});

test("listening needs a role, and closing the server ends it", async () => {
  const at = await runServer();
  try {
    expect((await at.overTls({ path: "/api/v1/events" })).status).toBe(401);
    await listen(at, at.token("viewer"));
  } finally {
    await at[Symbol.asyncDispose]();
  }
});

test("health is for anyone; readiness says what is waited for", async () => {
  let waiting: string | undefined = "the policy is being compiled";
  await using at = await runServer({ waitingFor: () => waiting });
  expect((await at.overTls({ path: "/healthz" })).text).toBe('{"ok":true}');
  const told = await at.overTls({ path: "/readyz" });
  expect([told.status, codeOf(told)]).toEqual([503, "server/not-ready"]);
  expect(told.text).toContain("being compiled");
  waiting = undefined;
  expect((await at.overTls({ path: "/readyz" })).status).toBe(200);
});

test("the authority is there for whoever wants to compare its fingerprint", async () => {
  await using at = await runServer();
  expect((await at.overTls({ path: "/authority.pem" })).text).toBe(at.authority.pem);
});

test("metrics count by route as declared and by status, and include what the server measures", async () => {
  const hosts = route({
    method: "GET",
    path: "/api/v1/hosts/:name",
    role: "viewer",
    summary: "a test",
    params: z.strictObject({ name: z.string() }),
    answer: z.null(),
    handler: () => null,
  });
  const measures = [
    {
      name: "bulkhead_server_hosts",
      type: "gauge",
      help: "Hosts.",
      labels: ["state"],
      read: () => [{ labels: { state: "in-sync" }, value: 7 }],
    },
    { name: "bulkhead_server_reports_total", type: "counter", help: "Reports.", read: () => [{ value: 9 }] },
  ] as const;
  await using at = await runServer({ routes: [hosts], measures });
  const token = at.token("viewer");
  for (const name of ["a", "b"]) await at.overTls({ path: `/api/v1/hosts/${name}`, token });
  await at.overTls({ path: "/no/such/a" });
  await at.overTls({ path: "/no/such/b" });
  const read = async () => (await at.overTls({ path: "/metrics", token })).text;
  await expect
    .poll(read)
    .toContain('bulkhead_server_api_requests_total{method="any",route="unknown",status="404"} 2');
  const text = await read();
  expect(text).toContain('requests_total{method="GET",route="/api/v1/hosts/:name",status="200"} 2');
  expect(text).toContain('bulkhead_server_hosts{state="in-sync"} 7');
  expect(text).toContain("bulkhead_server_reports_total 9");
  expect(text).toContain("bulkhead_server_api_request_duration_seconds_bucket");
  expect((await at.overTls({ path: "/metrics" })).status).toBe(401);
});
