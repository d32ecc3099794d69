/** Whose sockets they are. What is not known stays absent. */

import type { AccountNames } from "../kernel/host/account-names.ts";
import type { CgroupPaths } from "../kernel/host/cgroup-paths.ts";
import { type FoundProcess, holderOf, onlyProcess } from "../kernel/host/cgroup-processes.ts";
import type { Socket, SocketEnds, SocketFinder } from "../kernel/kernel.ts";

/** One and the same object for the same words, so that others may keep things by it. */
export interface Owner {
  readonly unit?: string;
  readonly user?: string;
  readonly executable?: string;
}

export interface Attribution {
  readonly owner: Owner;
  readonly pid?: number;
  /** Looks once more, where the cgroup was too new to be known. */
  readonly again?: () => Attribution;
}

export const NOBODY: Attribution = { owner: {} };

/** Milliseconds for which a listener, and the processes of a cgroup, are taken to be what they were. */
const FRESH = 1000;
/** Likewise for one of which not all is known yet. */
const HALF_KNOWN = 50;
const MOST_LISTENERS = 20_000;
const MOST_OWNERS = 10_000;
/** Looking for a socket among open files is dear. */
const MOST_SEARCHES = 20;

export interface OwnerSources {
  readonly finder: SocketFinder;
  readonly cgroups: Pick<CgroupPaths, "find">;
  readonly accounts: Pick<AccountNames, "nameOf">;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

export class Owners {
  readonly #sources: OwnerSources;
  readonly #listeners = new Map<string, Map<number, Remembered>>();
  readonly #owners = new Map<string, Owner>();
  readonly #processes = new Map<
    string,
    { readonly until: number; readonly process: FoundProcess | undefined }
  >();
  #users: ReadonlyMap<number, string> = new Map();
  #remembered = 0;
  #searches = { until: 0, left: MOST_SEARCHES };

  constructor(sources: OwnerSources) {
    this.#sources = sources;
  }

  /** What the policy calls accounts goes before what the machine does. */
  name(users: Readonly<Record<string, number>>): void {
    this.#users = new Map(Object.entries(users).map(([name, uid]) => [uid, name]));
    this.#forgetListeners();
  }

  /** Of the socket with these ends. */
  ofConnection(ends: SocketEnds): Attribution {
    return this.#of(this.#sources.finder.find(ends));
  }

  /** Of the account alone, where the socket is gone. */
  ofAccount(uid: number): Attribution {
    return { owner: this.#intern({ user: this.#nameOf(uid) }) };
  }

  /** Of the socket that waits for whatever comes to this address and port. */
  ofListener(protocol: number, address: string, port: number): Attribution {
    const ports = this.#listeners.getOrInsertComputed(address, () => new Map());
    const number = protocol * 65_536 + port;
    const now = this.#sources.clock();
    const known = ports.get(number);
    if (known !== undefined && now < known.until) return known.attribution;
    if (known === undefined && ++this.#remembered > MOST_LISTENERS) this.#forgetListeners();
    const socket = this.#sources.finder.find({
      protocol,
      localAddress: address,
      localPort: port,
      remoteAddress: "",
      remotePort: 0,
    });
    const attribution = this.#of(socket);
    const isWhole = attribution.again === undefined;
    ports.set(number, { attribution, until: now + (isWhole ? FRESH : HALF_KNOWN) });
    return attribution;
  }

  #forgetListeners(): void {
    this.#listeners.clear();
    this.#remembered = 0;
  }

  #of(socket: Socket | undefined): Attribution {
    // A socket without an inode is one that nobody holds (any more, or not yet).
    if (socket === undefined || socket.inode === 0) return NOBODY;
    const cgroup = socket.cgroupId === undefined ? undefined : this.#sources.cgroups.find(socket.cgroupId);
    const process = cgroup === undefined ? undefined : this.#processOf(cgroup.directory, socket.inode);
    const { unit } = cgroup ?? {};
    const { executable, pid } = process ?? {};
    const owner = this.#intern({
      ...(unit !== undefined && { unit }),
      user: this.#nameOf(socket.uid),
      ...(executable !== undefined && { executable }),
    });
    const isTooNew = cgroup === undefined && socket.cgroupId !== undefined;
    return {
      owner,
      ...(pid !== undefined && { pid }),
      ...(isTooNew && { again: () => this.#of(socket) }),
    };
  }

  #intern(owner: Owner): Owner {
    if (this.#owners.size > MOST_OWNERS) this.#owners.clear();
    const key = `${owner.unit ?? ""}\n${owner.user ?? ""}\n${owner.executable ?? ""}`;
    return this.#owners.getOrInsertComputed(key, () => owner);
  }

  #nameOf(uid: number): string {
    return this.#users.get(uid) ?? this.#sources.accounts.nameOf(uid);
  }

  #processOf(directory: string, inode: number): FoundProcess | undefined {
    const now = this.#sources.clock();
    const known = this.#processes.get(directory);
    const isFresh = known !== undefined && now < known.until;
    const process = isFresh ? known.process : onlyProcess(directory);
    if (!isFresh) {
      if (this.#processes.size > MOST_OWNERS) this.#processes.clear();
      this.#processes.set(directory, { until: now + FRESH, process });
    }
    if (process !== undefined) return process;
    return this.#maySearch(now) ? holderOf(directory, inode) : undefined;
  }

  #maySearch(now: number): boolean {
    if (now >= this.#searches.until) this.#searches = { until: now + 1000, left: MOST_SEARCHES };
    return this.#searches.left-- > 0;
  }
}

interface Remembered {
  readonly attribution: Attribution;
  readonly until: number;
}
