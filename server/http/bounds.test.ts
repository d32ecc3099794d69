import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import { type RunningServer, runServer } from "./testing/running-server.ts";

const SHORT = { headerMilliseconds: 300, requestMilliseconds: 600, idleMilliseconds: 300 };

async function tls({ server, authority }: RunningServer, options = {}): Promise<TLSSocket> {
  const socket = connectTls({ host: "127.0.0.1", port: server.port, ca: authority.pem, ...options });
  await once(socket, "secureConnect");
  return socket;
}

/** All that comes until the other side closes. */
async function received(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  socket.on("error", () => {});
  if (!socket.closed) await once(socket, "close");
  return text;
}

test("headers that never end are answered with a reason and closed", async () => {
  await using at = await runServer({ bounds: SHORT });
  const socket = await tls(at);
  socket.write("GET /healthz HTTP/1.1\r\nhost: x\r\n");
  const text = await received(socket);
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
  expect(text).toContain('"code":"server/invalid-request"');
});

test("a body that never ends is answered with a reason and closed", async () => {
  await using at = await runServer({ bounds: SHORT });
  const socket = await tls(at);
  const token = at.token("viewer");
  socket.write(
    `POST /api/v1/signout HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{`,
  );
  expect(await received(socket)).toMatch(/^HTTP\/1\.1 408 /);
});

test("connections that say nothing are closed: before TLS, after it, and after an answer", async () => {
  await using at = await runServer({ bounds: SHORT });
  const silent = connectTcp(at.server.port, "127.0.0.1");
  const greeted = await tls(at);
  const answered = await tls(at);
  answered.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
  const [before, , after] = await Promise.all([silent, greeted, answered].map(received));
  expect(before).toBe("");
  expect(after).toMatch(/^HTTP\/1\.1 200 /);
});

test("headers that are too large, and what is no HTTP, are answered with a reason", async () => {
  await using at = await runServer();
  const large = await tls(at);
  large.write(`GET /healthz HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`);
  expect(await received(large)).toMatch(/^HTTP\/1\.1 431 .*"code":"server\/too-large"/s);
  const noise = await tls(at);
  noise.write("\x16\x03 hello\r\n\r\n");
  expect(await received(noise)).toMatch(/^HTTP\/1\.1 400 .*"code":"server\/invalid-request"/s);
});

test("a stranger's body is not waited for", async () => {
  await using at = await runServer();
  const socket = await tls(at);
  socket.write(
    "POST /api/v1/signout HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 8000000\r\n\r\n{",
  );
  const text = await received(socket);
  expect(text).toMatch(/^HTTP\/1\.1 401 /);
  expect(text).toMatch(/connection: close/i);
});

test("one address may hold so many connections and no more, and gets new ones when it lets some go", async () => {
  await using at = await runServer({ bounds: { connectionsPerAddress: 2 } });
  const held = [await tls(at), await tls(at)];
  await expect(tls(at)).rejects.toThrow();
  const [first] = held;
  first?.destroy();
  await expect
    .poll(async () => (await at.overTls({ path: "/healthz" }).catch(() => undefined))?.status)
    .toBe(200);
});

test("connections are bounded altogether", async () => {
  await using at = await runServer({ bounds: { connections: 2 } });
  const held = [await tls(at), await tls(at)];
  await expect(tls(at)).rejects.toThrow();
  expect(held.every((socket) => !socket.closed)).toBe(true);
});

test("TLS 1.3 and nothing older, also after the certificate was replaced", async () => {
  await using at = await runServer();
  const old = { maxVersion: "TLSv1.2" } as const;
  await expect(tls(at, old)).rejects.toThrow(/protocol version/);
  const before = await tls(at);
  expect(before.getProtocol()).toBe("TLSv1.3");
  at.server.setCertificate(await at.authority.issue());
  const after = await tls(at);
  expect(after.getPeerCertificate().fingerprint256).not.toBe(before.getPeerCertificate().fingerprint256);
  before.write("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  expect(await received(before)).toMatch(/^HTTP\/1\.1 200 /);
  await expect(tls(at, old)).rejects.toThrow(/protocol version/);
});

test("a certificate without its key is refused, and the old one stays", async () => {
  await using at = await runServer();
  const [one, other] = [await at.authority.issue(), await at.authority.issue()];
  for (const wrong of [
    { ...one, key: other.key },
    { key: "", certificate: "" },
    { ...one, certificate: "no" },
  ])
    expect(() => at.server.setCertificate(wrong)).toThrow(
      expect.objectContaining({ code: "server/certificate-unusable" }),
    );
  expect((await at.overTls({ path: "/healthz" })).status).toBe(200);
});

test("a port that is taken is an error with a code, and nothing stays open", async () => {
  await using at = await runServer();
  const tlsOptions = { host: "127.0.0.1", port: at.server.port, ...(await at.authority.issue()) };
  await expect(runServer({ tls: tlsOptions })).rejects.toMatchObject({ code: "server/listen-failed" });
});
