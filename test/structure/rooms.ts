/**
 * The house: which room may know which other, and why. A room is a folder below a workspace (`shared/net`), or a file right in it. What stands here is what
 * DESIGN.md says under "The house"; a new room gets its line in both.
 */

export interface Room {
  /** Path of the room, without a trailing slash. */
  readonly room: string;
  /** Rooms of this checkout that it may import from, besides itself. */
  readonly knows: readonly string[];
  /** Packages that it may import; Node's own modules begin with `node:`, and `node:*` is any of them. */
  readonly packages: readonly string[];
  readonly because: string;
}

const SHARED = [
  "shared/errors",
  "shared/net",
  "shared/policy",
  "shared/segments",
  "shared/rules",
  "shared/nft",
  "shared/flow",
  "shared/advice",
  "shared/protocol",
  "shared/settings",
];

export const ROOMS: readonly Room[] = [
  {
    room: "shared/errors",
    knows: [],
    packages: [],
    because: "every room reports errors, so the errors know no room",
  },
  {
    room: "shared/net",
    knows: ["shared/errors"],
    packages: [],
    because: "addresses and services are what a policy speaks of; they exist without one",
  },
  {
    room: "shared/settings",
    knows: [],
    packages: [],
    because: "settings are read and written alike on the command line and in the dashboard",
  },
  {
    room: "shared/policy",
    knows: ["shared/errors", "shared/net"],
    packages: ["yaml", "zod"],
    because: "a policy is read and checked before anybody asks which hosts it concerns",
  },
  {
    room: "shared/segments",
    knows: ["shared/errors", "shared/net", "shared/policy"],
    packages: [],
    because: "who is in a segment does not depend on what the rules say",
  },
  {
    room: "shared/rules",
    knows: ["shared/errors", "shared/net", "shared/policy", "shared/segments"],
    packages: [],
    because:
      "what a flow gets must not depend on how nftables is told so: judge() is what the compiler is held to",
  },
  {
    room: "shared/nft",
    knows: ["shared/errors", "shared/net", "shared/policy", "shared/segments", "shared/rules"],
    packages: [],
    because: "the compiler stands at the end of the pipeline and is pure like the rest of it",
  },
  {
    room: "shared/flow",
    knows: ["shared/errors", "shared/net", "shared/policy", "shared/segments", "shared/rules"],
    packages: [],
    because:
      "what was seen is told in the policy's words; how a kernel is told of the policy is no part of it",
  },
  {
    room: "shared/advice",
    knows: ["shared/errors", "shared/net", "shared/policy", "shared/segments", "shared/rules", "shared/flow"],
    packages: [],
    because:
      "what a policy should say better follows from the policy and from what was seen, wherever that is kept",
  },
  {
    room: "shared/protocol",
    knows: ["shared/errors", "shared/net", "shared/policy", "shared/segments", "shared/rules", "shared/flow"],
    packages: ["zod"],
    because: "both ends of the wire read the same schemas, and neither knows what the other does with it",
  },
  {
    room: "terminal",
    knows: SHARED,
    packages: ["node:*", "yargs", "koffi"],
    because:
      "both programs speak in one way to their users and to the service manager; what they have to say is not its business",
  },
  {
    room: "agent/kernel",
    knows: SHARED,
    packages: ["node:*", "koffi"],
    because: "the kernel's rooms serve the agent; they know neither what is applied nor that a server exists",
  },
  {
    room: "agent/apply",
    knows: [...SHARED, "agent/kernel"],
    packages: ["node:*"],
    because: "an apply is the same whoever asks for it, a command line or a server",
  },
  {
    room: "agent/observe",
    knows: [...SHARED, "agent/kernel"],
    packages: ["node:*"],
    because: "what is seen does not depend on who wants to know it, nor on how policies get into the kernel",
  },
  {
    room: "agent/report",
    knows: SHARED,
    packages: ["node:*", "better-sqlite3"],
    because: "records are kept whoever made them and whoever takes them",
  },
  {
    room: "agent/link",
    knows: [...SHARED, "agent/apply", "agent/report"],
    packages: ["node:*", "ws"],
    because:
      "the way to the server is one way to get a policy and to be rid of records; nothing else knows of it",
  },
  {
    room: "agent/doctor",
    knows: [...SHARED, "agent/kernel"],
    packages: ["node:*"],
    because: "it looks at everybody's tables and services and changes nothing",
  },
  {
    room: "agent/inventory",
    knows: [...SHARED, "agent/kernel"],
    packages: ["node:*", "systeminformation"],
    because: "what this machine is does not depend on what is enforced on it",
  },
  {
    room: "agent/trace",
    knows: [...SHARED, "agent/kernel"],
    packages: ["node:*"],
    because: "the path of a packet is read from the kernel, beside the policy and not through it",
  },
  {
    room: "agent/control",
    knows: SHARED,
    packages: ["node:*"],
    because: "the socket carries questions and answers; who answers them is not its business",
  },
  {
    room: "agent/daemon",
    knows: [
      ...SHARED,
      "terminal",
      "agent/kernel",
      "agent/apply",
      "agent/observe",
      "agent/report",
      "agent/doctor",
      "agent/inventory",
      "agent/link",
      "agent/control",
    ],
    packages: ["node:*", "pino"],
    because: "the loop joins the rooms: desired state in, kernel kept true, what is seen out",
  },
  {
    room: "agent/cli",
    knows: [
      ...SHARED,
      "terminal",
      "agent/kernel",
      "agent/apply",
      "agent/report",
      "agent/doctor",
      "agent/inventory",
      "agent/link",
      "agent/trace",
      "agent/control",
      "agent/daemon",
    ],
    packages: ["node:*"],
    because: "names, options and exit codes stand above all that they call",
  },
  {
    room: "server/store",
    knows: SHARED,
    packages: ["node:*", "better-sqlite3"],
    because: "SQL stays in one room: another database comes second, for estates that outgrow one machine",
  },
  {
    room: "server/audit",
    knows: [...SHARED, "server/store"],
    packages: ["node:*", "zod"],
    because: "what was done is read and judged without a say of those who did it",
  },
  {
    room: "server/authority",
    knows: SHARED,
    packages: ["node:*", "@peculiar/x509", "reflect-metadata"],
    because: "who is who is decided by certificates and tokens, whatever is asked afterwards",
  },
  {
    room: "server/accounts",
    knows: [...SHARED, "server/store"],
    packages: ["node:*"],
    because: "people and their rights are the same whichever way they come in",
  },
  {
    room: "server/identity",
    knows: [...SHARED, "server/store", "server/accounts"],
    packages: ["node:*", "openid-client", "zod"],
    because: "who somebody is elsewhere becomes who they are here; a session is the same afterwards",
  },
  {
    room: "server/ingest",
    knows: [...SHARED, "server/store"],
    packages: ["node:*"],
    because: "reports are taken in once, whoever brings them",
  },
  {
    room: "server/alerts",
    knows: [...SHARED, "server/store", "server/policy"],
    packages: ["node:*", "zod"],
    because: "what alarms somebody follows from what is known, whoever is told of it and however",
  },
  {
    room: "server/exports",
    knows: [...SHARED, "server/store", "server/alerts"],
    packages: ["node:*", "zod"],
    because: "other systems are told what was kept, whoever set them up and whatever they are",
  },
  {
    room: "server/policy",
    knows: [...SHARED, "server/store"],
    packages: ["node:*"],
    because: "what concerns which host is computed without knowing how it gets there",
  },
  {
    room: "server/gateway",
    knows: [...SHARED, "server/store", "server/audit", "server/authority", "server/policy", "server/ingest"],
    packages: ["node:*", "ws"],
    because: "agents' sessions join identity, policy and reports",
  },
  {
    room: "server/http",
    knows: [...SHARED, "server/accounts"],
    packages: [
      "node:*",
      "fastify",
      "@fastify/cookie",
      "@fastify/helmet",
      "@fastify/rate-limit",
      "@fastify/static",
      "prom-client",
      "zod",
    ],
    because: "the API is a frame: what it answers is given to it",
  },
  {
    room: "server/api",
    knows: [
      ...SHARED,
      "server/store",
      "server/authority",
      "server/accounts",
      "server/identity",
      "server/ingest",
      "server/policy",
      "server/alerts",
      "server/audit",
      "server/exports",
      "server/http",
    ],
    packages: ["node:*", "zod"],
    because: "what can be asked, in the words of the rooms that know the answers",
  },
  {
    room: "server/client",
    knows: SHARED,
    packages: ["node:*"],
    because: "the command line speaks the API as anybody else does",
  },
  {
    room: "server/serve",
    knows: [
      ...SHARED,
      "terminal",
      "server/store",
      "server/authority",
      "server/accounts",
      "server/identity",
      "server/ingest",
      "server/policy",
      "server/alerts",
      "server/audit",
      "server/exports",
      "server/gateway",
      "server/http",
      "server/api",
    ],
    packages: ["node:*", "pino", "zod"],
    because: "one process puts the rooms together",
  },
  {
    room: "dashboard/src",
    knows: [...SHARED, "server/api", "server/accounts"],
    packages: [
      "react",
      "react-dom",
      "react-aria-components",
      "@tanstack/react-query",
      "@tanstack/react-virtual",
      "wouter",
      "uplot",
      "sigma",
      "lean-qr",
      "graphology",
      "@codemirror/autocomplete",
      "@codemirror/commands",
      "@codemirror/lang-yaml",
      "@codemirror/language",
      "@codemirror/lint",
      "@codemirror/merge",
      "@codemirror/search",
      "@codemirror/state",
      "@codemirror/view",
      "@lezer/highlight",
    ],
    because: "the page asks the API as anybody else does; of the server it knows the shapes of answers alone",
  },
  {
    room: "server/cli",
    knows: [...SHARED, "terminal", "server/client", "server/serve", "server/audit"],
    packages: ["node:*"],
    because: "the operator's program touches no kernel: agent and server know shared and never each other",
  },
];

/** An effect that only these files may have. */
export interface Door {
  readonly effect: string;
  /** Where the rule holds. */
  readonly within: string;
  /** What the files import to have the effect. */
  readonly specifiers: readonly string[];
  readonly files: readonly string[];
  readonly because: string;
}

export const DOORS: readonly Door[] = [
  {
    effect: "running programs",
    within: "agent",
    specifiers: ["node:child_process"],
    files: ["agent/kernel/nft/run-nft.ts", "agent/kernel/nft/stream-nft.ts"],
    because: "nft is the only program that the agent runs, to its end or beside it, without a shell",
  },
  {
    effect: "running programs",
    within: "server",
    specifiers: ["node:child_process"],
    files: ["server/exports/senders/command.ts"],
    because:
      "what runs at the centre is what its machine's owner named in a file, for alerts alone: the API names one and can neither make nor change it",
  },
  {
    effect: "calling libc",
    within: "agent",
    specifiers: ["koffi"],
    files: ["agent/kernel/netlink/libc.ts"],
    because: "memory that is handed to C is handed over in one place",
  },
  {
    effect: "calling libc",
    within: "terminal",
    specifiers: ["koffi"],
    files: ["terminal/service/datagram.ts"],
    because: "one datagram to the service manager is all that Node does not offer there",
  },
  {
    effect: "asking DNS",
    within: "agent",
    specifiers: ["node:dns", "node:dns/promises"],
    files: ["agent/kernel/host/names.ts", "agent/kernel/host/dns.ts"],
    because:
      "names are asked for once, as the machine's own programs would, or followed by the time that an answer counts",
  },
  {
    effect: "opening SQLite",
    within: "agent",
    specifiers: ["better-sqlite3"],
    files: ["agent/report/database.ts"],
    because: "a database that may be damaged is opened, checked and set aside in one place",
  },
  {
    effect: "opening SQLite",
    within: "server",
    specifiers: ["better-sqlite3"],
    files: ["server/store/database.ts"],
    because: "files, schema and their versions are looked after in one place",
  },
  {
    effect: "threads",
    within: "agent",
    specifiers: ["node:worker_threads"],
    files: ["agent/observe/thread.ts", "agent/observe/thread-entry.ts"],
    because: "one thread beside the main loop waits for the kernel; nothing else needs one",
  },
  {
    effect: "speaking on the network",
    within: "agent",
    specifiers: ["node:net", "node:dgram", "node:http", "node:https", "node:http2", "node:tls", "ws"],
    files: [
      "agent/control/http-server.ts",
      "agent/control/answering.ts",
      "agent/control/socket-file.ts",
      "agent/control/metrics-server.ts",
      "agent/control/control-client.ts",
      "agent/link/request.ts",
      "agent/link/join.ts",
      "agent/link/connection.ts",
    ],
    because: "the daemon listens on a socket of its own; nothing else speaks",
  },
  {
    effect: "speaking on the network",
    within: "server",
    specifiers: ["node:net", "node:dgram", "node:http", "node:https", "node:http2", "node:tls", "ws"],
    files: [
      "server/gateway/gateway.ts",
      "server/gateway/session.ts",
      "server/http/frame.ts",
      "server/http/listening.ts",
      "server/http/unix-socket.ts",
      "server/identity/provider-request.ts",
      "server/client/asking.ts",
      "server/client/authority.ts",
      "server/client/answer-text.ts",
      "server/exports/senders/post.ts",
      "server/exports/senders/syslog-stream.ts",
      "server/exports/senders/syslog-datagrams.ts",
    ],
    because:
      "one door for agents, one for the API, one for those who ask it, one to the identity provider, and one for each way to other systems",
  },
];
