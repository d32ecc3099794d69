/** The one description from which every format of both packages is made. */

export interface PackageDescription {
  readonly name: "bulkhead-agent" | "bulkhead-server";
  /** The command that it brings, in /usr/bin. */
  readonly program: "bulkhead-agent" | "bulkhead";
  /** What is bundled, in the checkout. */
  readonly entry: string;
  /** The section of the program's manual page: 8 is for those who administer the host. */
  readonly manualSection: 1 | 8;
  readonly summary: string;
  readonly description: readonly string[];
  /** What must be there, and what is better there, in each format's names. */
  readonly depends: { readonly deb: readonly string[]; readonly rpm: readonly string[] };
  readonly recommends: { readonly deb: readonly string[]; readonly rpm: readonly string[] };
  /** Files of packaging/systemd/, and the folders that they go to. */
  readonly system: readonly SystemFile[];
  /** How the files of packaging/scripts/ begin that say what happens around installation; see maintainer-scripts.ts. */
  readonly script: string;
}

export interface SystemFile {
  readonly source: string;
  readonly folder:
    | "/usr/lib/systemd/system"
    | "/usr/lib/sysusers.d"
    | "/usr/lib/tmpfiles.d"
    | "/usr/lib/bulkhead-agent";
  readonly executable?: boolean;
}

/**
 * The libraries that the pinned Node and the native addons are linked to, in the versions whose symbols they ask for: GLIBC_2.34 (better-sqlite3), GLIBCXX_3.4.29.
 * test/package reads the binaries and holds this list to them.
 */
const LIBRARIES = {
  deb: ["libatomic1", "libc6 (>= 2.34)", "libgcc-s1", "libstdc++6 (>= 11)"],
  // By what the packages provide, since each distribution has its own names for them.
  rpm: [
    "libatomic.so.1()(64bit)",
    "libc.so.6(GLIBC_2.34)(64bit)",
    "libgcc_s.so.1()(64bit)",
    "libstdc++.so.6(GLIBCXX_3.4.29)(64bit)",
  ],
} as const;

const unit = (source: string): SystemFile => ({ source, folder: "/usr/lib/systemd/system" });

export const PACKAGES: readonly PackageDescription[] = [
  {
    name: "bulkhead-agent",
    program: "bulkhead-agent",
    entry: "agent/cli/main.ts",
    manualSection: 8,
    summary: "host-level micro-segmentation: enforces a policy by nftables",
    description: [
      "Bulkhead divides an estate of Linux hosts into segments and lets only declared traffic pass between them. This is what runs on each host: it puts the host's share of",
      "the policy into the kernel's nftables in one transaction, sees every connection with the process and the rule behind it, and follows what changes.",
      "Installing it changes no traffic: without a policy there is no rule.",
    ],
    depends: {
      deb: ["nftables (>= 1.0.6)", ...LIBRARIES.deb],
      rpm: ["nftables >= 1.0.6", ...LIBRARIES.rpm],
    },
    recommends: { deb: [], rpm: [] },
    system: [
      unit("bulkhead-boot.service"),
      { source: "bulkhead-boot.sh", folder: "/usr/lib/bulkhead-agent", executable: true },
      unit("bulkhead-agent.service"),
      { source: "sysusers.d/bulkhead-agent.conf", folder: "/usr/lib/sysusers.d" },
      { source: "tmpfiles.d/bulkhead-agent.conf", folder: "/usr/lib/tmpfiles.d" },
    ],
    script: "agent",
  },
  {
    name: "bulkhead-server",
    program: "bulkhead",
    entry: "server/cli/main.ts",
    manualSection: 1,
    summary: "host-level micro-segmentation: checks policies and serves them",
    description: [
      "Bulkhead divides an estate of Linux hosts into segments and lets only declared traffic pass between them. This is the operator's command, which checks, explains and",
      "compares policies, and the central server, which hosts join, which gives each its share of the policy, and which knows every flow that they report.",
    ],
    depends: {
      deb: ["systemd | systemd-standalone-sysusers", ...LIBRARIES.deb],
      rpm: ["shadow-utils", ...LIBRARIES.rpm],
    },
    recommends: { deb: [], rpm: [] },
    system: [
      unit("bulkhead-server.service"),
      { source: "sysusers.d/bulkhead-server.conf", folder: "/usr/lib/sysusers.d" },
      { source: "tmpfiles.d/bulkhead-server.conf", folder: "/usr/lib/tmpfiles.d" },
    ],
    script: "server",
  },
];
