import { expect, test } from "vitest";
import type { Process, ProcessRoom } from "../kernel/host/processes.ts";
import type { Socket } from "../kernel/kernel.ts";
import type { Connection } from "./connections.ts";
import type { Cut } from "./cut.ts";
import { nameCuts } from "./sessions.ts";

const judgement = { host: "db-1", mode: "enforce", verdict: "deny", rule: null, why: "" } as const;

function socket(inode: number, localPort: number, state: Socket["state"] = "connected"): Socket {
  const remote =
    state === "listening"
      ? { remoteAddress: "", remotePort: 0 }
      : { remoteAddress: "10.9.0.5", remotePort: 50000 };
  return { protocol: 6, state, localAddress: "10.0.0.21", localPort, ...remote, uid: 1000, inode };
}

function cut(of: Socket): Cut {
  const connection: Connection = {
    direction: "ingress",
    tracked: true,
    protocol: 6,
    source: "10.9.0.5",
    sourcePort: 50000,
    destination: "10.0.0.21",
    service: of.localPort,
    socket: of,
  };
  return { connection, judgement };
}

function room(
  holders: Readonly<Record<number, readonly Process[]>>,
  ancestry: readonly number[] = [],
): ProcessRoom {
  return {
    holders: async (inodes) =>
      new Map([...inodes].flatMap((inode) => (holders[inode] ? [[inode, holders[inode]]] : []))),
    ancestry: async () => ancestry,
    accounts: async () => new Map([[1000, "shop"]]),
  };
}

const sshd: Process = { pid: 10, name: "sshd", title: "sshd: /usr/sbin/sshd -D", unit: "ssh.service" };
const session: Process = {
  pid: 20,
  name: "sshd-session",
  title: "sshd-session: admin@pts/0",
  unit: "session-3.scope",
};
const postgres: Process = { pid: 30, name: "postgres", title: "postgres: shop", unit: "postgresql.service" };

test("a session is found by who holds its socket, on whatever port", async () => {
  const [named] = await nameCuts([cut(socket(7, 2222))], [], room({ 7: [session] }));
  expect(named).toMatchObject({
    program: "sshd-session",
    unit: "session-3.scope",
    user: "shop",
    ssh: { login: "admin", own: false },
  });
});

test("a session is found by what listens on its port, where its own process cannot be looked at", async () => {
  const listening = socket(5, 2222, "listening");
  const [named] = await nameCuts([cut(socket(7, 2222))], [listening], room({ 5: [sshd] }));
  expect(named?.ssh).toEqual({ own: false });
});

test("the session that this command runs in is called so", async () => {
  const [named] = await nameCuts([cut(socket(7, 22))], [], room({ 7: [session] }, [99, 21, 20, 1]));
  expect(named?.ssh).toEqual({ login: "admin", own: true });
});

test("port 22 alone makes no SSH session", async () => {
  const listening = socket(5, 22, "listening");
  const [named] = await nameCuts([cut(socket(7, 22))], [listening], room({ 5: [postgres], 7: [postgres] }));
  expect(named).toMatchObject({ program: "postgres", unit: "postgresql.service" });
  expect(named?.ssh).toBeUndefined();
});

test("nobody is looked for where nothing is cut", async () => {
  const failing: ProcessRoom = { ...room({}), holders: () => Promise.reject(new Error("looked")) };
  expect(await nameCuts([], [], failing)).toEqual([]);
});
