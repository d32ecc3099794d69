/** Who holds which socket, by /proc: one walk for all of them, since sock_diag does not say. */

import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { parsePasswd } from "./users.ts";

export interface Process {
  readonly pid: number;
  /** The program's name, at most 15 bytes (`/proc/PID/comm`). */
  readonly name: string;
  /** Its command line, which some programs (sshd) make into a title. */
  readonly title: string;
  /** The systemd unit that it runs in. */
  readonly unit?: string;
}

export interface ProcessRoom {
  /** The processes that hold these sockets, by the sockets' inodes. Those that may not be looked at are left out. */
  holders(inodes: ReadonlySet<number>): Promise<ReadonlyMap<number, readonly Process[]>>;
  /** This process and those that it descends from. */
  ancestry(): Promise<readonly number[]>;
  /** The accounts of these uids that the passwd file knows. */
  accounts(): Promise<ReadonlyMap<number, string>>;
}

/** The room over a proc file system. */
export function processRoom(proc = "/proc", passwdFile = "/etc/passwd"): ProcessRoom {
  return {
    holders: (inodes) => holders(proc, inodes),
    ancestry: () => ancestry(proc, process.pid),
    accounts: async () => {
      const passwd = parsePasswd(await readFile(passwdFile, "utf8").catch(() => ""));
      return new Map([...passwd].map(([name, uid]) => [uid, name]));
    },
  };
}

async function holders(
  proc: string,
  inodes: ReadonlySet<number>,
): Promise<ReadonlyMap<number, readonly Process[]>> {
  const found = new Map<number, Process[]>();
  if (inodes.size === 0) return found;
  for (const pid of (await readdir(proc)).filter((name) => /^\d+$/.test(name))) {
    const held = (await socketsOf(proc, pid)).filter((inode) => inodes.has(inode));
    const process = held.length === 0 ? undefined : await readProcess(proc, pid);
    if (process !== undefined)
      for (const inode of held) found.getOrInsertComputed(inode, () => []).push(process);
  }
  return found;
}

async function socketsOf(proc: string, pid: string): Promise<readonly number[]> {
  const directory = join(proc, pid, "fd");
  // Processes come and go while we look, and some may not be looked at.
  const names = await readdir(directory).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(join(directory, name)).catch(() => "")));
  const inodes = links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
  return [...new Set(inodes.map(Number))];
}

async function readProcess(proc: string, pid: string): Promise<Process | undefined> {
  try {
    const [name, title, cgroup] = await Promise.all(
      ["comm", "cmdline", "cgroup"].map((file) => readFile(join(proc, pid, file), "utf8")),
    );
    const unit = unitOf(cgroup ?? "");
    return {
      pid: Number(pid),
      name: (name ?? "").trimEnd(),
      title: (title ?? "").replaceAll("\0", " ").trim(),
      ...(unit !== undefined && { unit }),
    };
  } catch {
    return undefined;
  }
}

/** The outermost service or scope on the way down the v2 hierarchy: what is inside it, it has made itself. */
export function unitOf(cgroup: string): string | undefined {
  const path = /^0::(.*)$/m.exec(cgroup)?.[1] ?? "";
  return path.split("/").find((part) => /\.(?:service|scope)$/.test(part));
}

async function ancestry(proc: string, self: number): Promise<readonly number[]> {
  const pids: number[] = [];
  for (let pid = self; pid > 0 && !pids.includes(pid); ) {
    pids.push(pid);
    const status = await readFile(join(proc, String(pid), "status"), "utf8").catch(() => "");
    pid = Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1] ?? 0);
  }
  return pids;
}
