/** What only the host itself knows and the compiler needs: the agent finds it out, `render` without a host leaves it empty. */
export interface HostFacts {
  /** DNS name -> canonical addresses. A name that is missing has none. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** systemd unit -> its cgroups (v2). A unit that is missing is not running, and matches nothing. */
  readonly units: Readonly<Record<string, readonly Cgroup[]>>;
  /** Local account -> uid. An account that is missing matches nothing. */
  readonly users: Readonly<Record<string, number>>;
}

/** A cgroup of the v2 hierarchy. */
export interface Cgroup {
  /** As nft takes it: relative to /sys/fs/cgroup, such as `system.slice/ssh.service`. */
  readonly path: string;
  /** Depth below the hierarchy's root: 1 for `system.slice`. */
  readonly level: number;
  /** The cgroup's id, which is its directory's inode number (64 bits); a decimal string, as JSON has no such numbers. */
  readonly id: string;
}

export const NO_FACTS: HostFacts = { names: {}, units: {}, users: {} };
