/** Who is behind a connection, as far as this host can tell, and whether somebody is logged in over it. */

import type { Process, ProcessRoom } from "../kernel/host/processes.ts";
import type { Socket } from "../kernel/kernel.ts";
import type { Connection } from "./connections.ts";
import type { Cut } from "./cut.ts";

/** A connection that would be cut, with what is known of its local end. */
export interface NamedCut extends Cut {
  readonly program?: string;
  readonly unit?: string;
  readonly user?: string;
  readonly ssh?: SshSession;
}

export interface SshSession {
  /** Who is logged in; undefined before that, and where sshd does not say. */
  readonly login?: string;
  /** Whether this very command runs in it. */
  readonly own: boolean;
}

/** By the program's name: on which port it listens is the administrator's choice. */
const SSH_SERVERS = /^(?:sshd(?:-session|-auth)?|dropbear)$/;
/** `sshd: admin@pts/0`, `sshd: admin [priv]`, `sshd-session: admin@notty` (OpenSSH's setproctitle). */
const SSH_TITLE = /^sshd(?:-session)?: (\S+?)(?:@| \[priv\])/;

/**
 * Finds the processes at the local ends of these connections, and those that listen for them. One look at all processes, whatever the number of connections.
 * SSH sessions come first, our own before all others.
 */
export async function nameCuts(
  cuts: readonly Cut[],
  sockets: readonly Socket[],
  processes: ProcessRoom,
): Promise<readonly NamedCut[]> {
  if (cuts.length === 0) return [];
  const listeners = sockets.filter(({ state }) => state === "listening");
  const inodes = [...cuts.flatMap(({ connection }) => connection.socket ?? []), ...listeners].map(
    ({ inode }) => inode,
  );
  const [holders, accounts, ancestry] = await Promise.all([
    processes.holders(new Set(inodes.filter((inode) => inode !== 0))),
    processes.accounts(),
    processes.ancestry(),
  ]);
  const sshPorts = new Set(
    listeners.filter(({ inode }) => holders.get(inode)?.some(isSsh)).map(({ localPort }) => localPort),
  );
  const named = cuts.map((cut): NamedCut => {
    const { socket } = cut.connection;
    const held = holders.get(socket?.inode ?? 0) ?? [];
    // A parent that still has its child's socket open says less than the child.
    const owner = held.find(isSsh) ?? held.at(-1);
    const user = socket === undefined ? undefined : (accounts.get(socket.uid) ?? `uid ${socket.uid}`);
    const ssh =
      held.some(isSsh) || isCalledOn(cut.connection, sshPorts) ? sshSession(held, ancestry) : undefined;
    return {
      ...cut,
      ...(owner !== undefined && { program: owner.name }),
      ...(owner?.unit !== undefined && { unit: owner.unit }),
      ...(user !== undefined && { user }),
      ...(ssh !== undefined && { ssh }),
    };
  });
  return named.sort((a, b) => rank(a) - rank(b));
}

function rank({ ssh }: NamedCut): number {
  return ssh === undefined ? 2 : ssh.own ? 0 : 1;
}

function isSsh({ name }: Process): boolean {
  return SSH_SERVERS.test(name);
}

function isCalledOn({ direction, protocol, service }: Connection, ports: ReadonlySet<number>): boolean {
  return direction === "ingress" && protocol === 6 && ports.has(service);
}

function sshSession(held: readonly Process[], ancestry: readonly number[]): SshSession {
  const login = held.map(({ title }) => SSH_TITLE.exec(title)?.[1]).find((user) => user !== undefined);
  const own = held.some(({ pid }) => ancestry.includes(pid));
  return { ...(login !== undefined && { login }), own };
}
