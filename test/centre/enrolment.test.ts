/** FAULTS.md, rows 25 to 33 as far as the door for agents goes: who may join, who is who, and what is not listened to. */

import { connect as connectTcp, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { join } from "../../agent/link/join.ts";
import { Stand, Talker } from "./gateway-stand.ts";

let stand: Stand;
let addresses = 10;
const fresh = () => `10.0.1.${addresses++}`;

beforeAll(async () => {
  stand = await Stand.start();
});
afterAll(() => stand?.[Symbol.asyncDispose]());

const DAY = 86_400_000;

async function at(offset: number, work: () => Promise<void>): Promise<void> {
  stand.clock.offset = offset;
  try {
    await work();
  } finally {
    stand.clock.offset = 0;
  }
}

describe("joining", () => {
  test("a token joins as many hosts as it is for, with its labels, and is then refused and counted", async () => {
    const token = stand.token({ uses: 2 });
    await stand.join("a-1", fresh(), token);
    await stand.join("a-2", fresh(), token);
    expect(stand.hosts.byName("a-1")).toMatchObject({ labels: { role: "web" } });
    await expect(stand.join("a-3", fresh(), token)).rejects.toThrow(/was for 2 hosts/);
    expect(stand.tokens.all().find(({ uses }) => uses === 2)).toMatchObject({ used: 2, refused: 1 });
    expect(stand.hosts.byName("a-3")).toBeUndefined();
  });

  test("one that has expired or was revoked, an address from elsewhere, a name that is taken", async () => {
    const expired = stand.token({ expiresAt: stand.now - 1_000 });
    await expect(stand.join("b-1", fresh(), expired)).rejects.toThrow(
      /expired at .* the server's clock says/,
    );
    const revoked = stand.token();
    stand.tokens.revoke(revoked.split(".")[1] ?? "", stand.now);
    await expect(stand.join("b-1", fresh(), revoked)).rejects.toThrow("revoked");
    await expect(stand.join("b-1", "192.0.2.1")).rejects.toThrow("allows addresses in 10.0.0.0/8");
    const address = fresh();
    await stand.join("b-1", address);
    await expect(stand.join("b-2", address)).rejects.toThrow(`${address} is refused: b-1 has it`);
    await expect(stand.join("b-1", fresh())).rejects.toThrow("has joined already");
    await expect(stand.join("b 3", fresh())).rejects.toThrow("cannot be the name");
  });

  test("a false server gets nothing: it is found out before the token is shown", async () => {
    await using other = await Stand.start();
    const token = stand.token();
    const attempt = join({ url: other.url, token, name: "c-1", addresses: [fresh()] });
    await expect(attempt).rejects.toThrow("nothing was sent to it");
    expect(other.tokens.all()).toEqual([]);
    // Control: its own token is shown to it, and is good there.
    await expect(other.join("c-1", fresh())).resolves.toMatchObject({ host: "c-1" });
  });

  test("something that is no server", async () => {
    const silent = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nhello"));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const at = silent.address();
    const port = typeof at === "object" ? at?.port : 0;
    const attempt = join({
      url: `https://127.0.0.1:${port}`,
      token: stand.token(),
      name: "d",
      addresses: [fresh()],
    });
    await expect(attempt).rejects.toThrow(/cannot be reached|not trusted/);
    silent.close();
  });

  test("guessing is barred for a while, and a right token from there as well", async () => {
    await using barred = await Stand.start();
    const wrong = stand.token({ fingerprint: barred.authority.fingerprint });
    for (let tries = 0; tries < 20; tries++)
      await expect(barred.join("e", fresh(), wrong)).rejects.toThrow("does not know this token");
    await expect(barred.join("e", fresh())).rejects.toThrow("too many attempts");
    barred.clock.offset = 61_000;
    await expect(barred.join("e", fresh())).resolves.toMatchObject({ host: "e" });
  });
});

describe("certificates", () => {
  test("a host is let in by its certificate alone, and by one of this authority", async () => {
    const identity = await stand.join("f-1", fresh());
    const talker = await Talker.open(stand.url, identity);
    talker.close();
    await using other = await Stand.start();
    const stranger = await other.join("f-1", fresh());
    await expect(Talker.open(stand.url, { ...stranger, roots: identity.roots })).rejects.toThrow(
      "not signed by this authority",
    );
  });

  test("expired: refused with both times, renewed within the grace, and not after it", async () => {
    const identity = await stand.join("g-1", fresh());
    await at(8 * DAY, async () => {
      await expect(Talker.open(stand.url, identity)).rejects.toThrow(
        /403.*ended at .*T.* the server.s clock says .*T/,
      );
      const renewed = await stand.renew(identity);
      const talker = await Talker.open(stand.url, renewed);
      talker.close();
    });
    await at(60 * DAY, async () => {
      await expect(stand.renew(identity)).rejects.toThrow("ended too long ago");
    });
  });

  test("one that expires on an open connection ends it", async () => {
    const identity = await stand.join("h-1", fresh());
    const talker = await Talker.open(stand.url, identity);
    talker.hello([]);
    await talker.until("welcome");
    await at(8 * DAY, async () => {
      expect(await talker.closed).toMatchObject({ code: 4003, why: expect.stringContaining("expired") });
    });
  });

  test("a revoked host is disconnected at once and stays out, also with a certificate that it renews", async () => {
    const identity = await stand.join("i-1", fresh());
    const talker = await Talker.open(stand.url, identity);
    talker.hello([]);
    await talker.until("welcome");
    stand.estate.revoke("i-1", "a test");
    stand.gateway.disconnect("i-1");
    expect(await talker.closed).toMatchObject({ code: 4001 });
    await expect(Talker.open(stand.url, identity)).rejects.toThrow("revoked");
    await expect(stand.renew(identity)).rejects.toThrow("revoked");
  });
});

describe("what agents say", () => {
  test("an address that another host has, or that its token does not allow, is refused and shown", async () => {
    const [own, others] = [fresh(), fresh()];
    await stand.join("j-1", others);
    const talker = await Talker.open(stand.url, await stand.join("j-2", own));
    talker.hello([own, others, "192.0.2.7"]);
    const refused = [await talker.until("refused"), await talker.until("refused", 1)];
    expect(refused.map(({ message }) => message)).toEqual([
      expect.stringContaining("j-1 has it"),
      expect.stringContaining("its token allows"),
    ]);
    expect(stand.hosts.byName("j-2")?.addresses).toEqual([own]);
    expect(stand.events.latest({ about: "j-2", most: 1 })).toMatchObject([{ kind: "address-refused" }]);
    talker.close();
  });

  test.each([
    ["no JSON", "{", "not JSON"],
    ["something before hello", '{"type":"addresses","addresses":[]}', "hello first"],
    ["an unknown message", '{"type":"run","command":"reboot"}', "not understood"],
    ["bytes", Buffer.from([1, 2, 3]), "not text"],
    ["deep nesting", `{"type":"hello","groups":${"[".repeat(100_000)}`, "nested"],
  ])("%s ends the session with a reason, and nobody else's", async (what, message, why) => {
    const name = `k-${what.replaceAll(" ", "-")}`;
    const other = await Talker.open(stand.url, await stand.join(`${name}-2`, fresh()));
    const talker = await Talker.open(stand.url, await stand.join(name, fresh()));
    talker.say(message);
    expect(await talker.closed).toMatchObject({ code: 4004, why: expect.stringContaining(why) });
    other.hello([]);
    await other.until("welcome");
    other.close();
  });

  test("a message beyond the limit is not read to its end", async () => {
    const talker = await Talker.open(stand.url, await stand.join("l-1", fresh()));
    talker.say("x".repeat(17 * 1024 * 1024));
    expect(await talker.closed).toMatchObject({ code: 1009 });
  });

  test("a second connection of the same host takes the place of the first", async () => {
    const identity = await stand.join("m-1", fresh());
    const first = await Talker.open(stand.url, identity);
    const second = await Talker.open(stand.url, identity);
    expect(await first.closed).toMatchObject({ code: 4002 });
    second.hello([]);
    await second.until("welcome");
    second.close();
  });

  test("a report is acknowledged with its number", async () => {
    const talker = await Talker.open(stand.url, await stand.join("n-1", fresh()));
    talker.hello([]);
    talker.say({ type: "flows", upTo: 7, records: [], losses: [] });
    expect(await talker.until("acknowledge")).toMatchObject({ upTo: 7 });
    expect(stand.reports.at(-1)).toMatchObject({ upTo: 7 });
    talker.close();
  });
});

test("ten thousand connections that say nothing keep nobody out, and are bounded", async () => {
  const { port, waiting } = stand.gateway;
  const identity = await stand.join("o-1", fresh());
  const idle = new Set<Socket>();
  const open = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connectTcp(port, "127.0.0.1", () => resolve());
      idle.add(socket);
      socket.on("error", (error: NodeJS.ErrnoException) =>
        error.code === "ECONNRESET" ? resolve() : reject(error),
      );
      socket.on("close", () => idle.delete(socket));
    });
  let most = 0;
  for (let opened = 0; opened < 10_000; opened += 500) {
    await Promise.all(Array.from({ length: 500 }, open));
    await expect
      .poll(() => waiting.size + waiting.pushedOut, { interval: 5, timeout: 60_000 })
      .toBeGreaterThan(opened);
    most = Math.max(most, waiting.size);
  }
  const talker = await Talker.open(stand.url, identity);
  talker.hello([]);
  await talker.until("welcome");
  talker.close();
  expect(most).toBe(2_048);
  expect(waiting.pushedOut).toBeGreaterThanOrEqual(10_000 - 2_048);
  for (const socket of idle) socket.destroy();
});
