/** The daemon, put together: what is desired goes down to the kernel, what the kernel tells comes up. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { LogTarget } from "@bulkhead/shared/nft/ruleset.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { Service } from "@bulkhead/terminal/service/service.ts";
import { serviceManager } from "@bulkhead/terminal/service/systemd.ts";
import pino from "pino";
import type { Agent } from "../apply/agent.ts";
import type { Generation } from "../apply/generation.ts";
import { look } from "../apply/recover.ts";
import { serveControl } from "../control/control-server.ts";
import { serveMetrics } from "../control/metrics-server.ts";
import { takeInventory } from "../inventory/take-inventory.ts";
import { findNames } from "../kernel/host/names.ts";
import { processRoom } from "../kernel/host/processes.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { realKernel } from "../kernel/real.ts";
import { RememberedRuleset } from "../kernel/remembered-ruleset.ts";
import { reportable } from "../link/addresses.ts";
import { type Identity, IdentityFiles } from "../link/identity.ts";
import { ServerLink } from "../link/server-link.ts";
import type { PolicyView } from "../observe/observer.ts";
import { openSpool } from "../report/open-spool.ts";
import { CountingSwitch } from "./accounting.ts";
import { BackOff } from "./back-off.ts";
import { keepBootFiles } from "./boot-files.ts";
import { fileSource } from "./file-source.ts";
import { FlowFeed } from "./flow-feed.ts";
import { FollowingHost } from "./following-host.ts";
import { hostReport, reportedInventory } from "./host-report.ts";
import { Journal } from "./journal.ts";
import { Keeper, type Mark } from "./keeper.ts";
import { Loop } from "./loop.ts";
import type { Desired } from "./policy-source.ts";
import { metricsRoute, type RouteParts, routes } from "./routes.ts";
import { serverSource } from "./server-source.ts";
import { statusWords } from "./service-words.ts";
import { Signals } from "./signals.ts";
import { TolerantStore } from "./tolerant-store.ts";
import { Watching } from "./watching.ts";

export interface DaemonOptions {
  /** Policy files; empty for a host that takes its policy from its server. */
  readonly paths: readonly string[];
  /** Policy files for a host that knows neither its policy nor what was in force before. */
  readonly floor: readonly string[];
  readonly as: string | undefined;
  readonly stateDirectory: string;
  readonly socket: string;
  readonly group: number;
  readonly mask: number | undefined;
  readonly metricsPort: number | undefined;
  readonly logLevel: string;
  readonly version: string;
}

/** How often everything is compared, for what nobody told. */
const CHECK_MILLISECONDS = 60_000;
/** An editor writes several times, and a unit's cgroup comes in several steps; a server says what it means at once. After a change everything is compared soon. */
const SETTLE = {
  files: { source: 50, facts: 10, check: 1_000 },
  server: { facts: 10, check: 1_000 },
} as const;

/** Runs until a signal ends it, and leaves the rules in place. Whoever calls holds the lock. */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const journal = new Journal(pino({ level: options.logLevel, base: null }));
  const service = new Service(serviceManager(process.env));
  await using cleanup = new AsyncDisposableStack();
  const identity = options.paths.length > 0 ? undefined : knownIdentity(options.stateDirectory);
  const signals = cleanup.use(new Signals(() => reload()));
  const kernel = cleanup.adopt(realKernel(), (real) => real.close());
  const counting = cleanup.adopt(new CountingSwitch(options.stateDirectory), (one) => one.putBack());
  const spool = cleanup.use(
    openSpool({ directory: options.stateDirectory, now: Date.now, tell: (note) => journal.note(note) }),
  );
  const feed = new FlowFeed();
  const host = cleanup.use(
    new FollowingHost({ host: kernel.host, conntrack: kernel.conntrack, changed: () => loop.mark("facts") }),
  );
  const store = new TolerantStore(options.stateDirectory);
  const agent: Agent = {
    kernel: { ...kernel, host },
    processes: processRoom(),
    store,
    now: Date.now,
    approve: async () => true,
    step: async (_step, work) => work(),
  };
  const watching = cleanup.use(
    new Watching({
      group: options.group,
      now: Date.now,
      journal,
      backOff: backOff(),
      listener: {
        seen: (batch) => {
          spool.add(batch);
          feed.publish(batch.records);
          if (batch.records.some(({ verdict }) => verdict === "deny")) link?.hurry();
        },
        rulesetChanged: (event) => {
          const isOurs = event.by !== undefined && kernel.nft.isOwn(event.by.pid);
          if (isOurs || event.ours.length === 0) return;
          keeper.foreignCommit(event);
          loop.mark("drift");
        },
        addressesChanged: () => {
          link?.addressesChanged();
          loop.mark("source");
        },
      },
      blind: (start, end) => spool.add({ records: [], losses: [{ start, end, what: "connection-events" }] }),
    }),
  );
  const files = { as: options.as, host: kernel.host };
  const link: ServerLink | undefined =
    identity &&
    cleanup.use(
      new ServerLink({
        identity,
        files: new IdentityFiles(options.stateDirectory),
        spool,
        inForce: lastPolicy(store),
        addresses: () => reportable(kernel.host.addresses()),
        state: () => hostReport({ keeper, spool, watching, refused: link?.link().refused }),
        inventory: async () => reportedInventory(await takeInventory(kernel)),
        resolve: async (name) => (await findNames([name])).names[name] ?? [],
        backOff: new BackOff({ firstMilliseconds: 500, mostMilliseconds: 30_000, random: Math.random }),
        tell: (event) => journal.link(event),
        version: options.version,
      }),
    );
  const source = link === undefined ? fileSource({ ...files, paths: options.paths }) : serverSource(link);
  const floor = options.floor.length === 0 ? undefined : fileSource({ ...files, paths: options.floor });
  const log: LogTarget = { to: "nflog", group: options.group };
  const remembered = new RememberedRuleset(kernel);
  const keeper = new Keeper({
    agent: { ...agent, kernel: { ...agent.kernel, nft: remembered.nft, members: remembered.members } },
    readAnew: () => remembered.forget(),
    source,
    ...(floor !== undefined && { floor }),
    log,
    ...(options.mask !== undefined && { mask: options.mask }),
    backOff: backOff(),
    journal,
    inForce: (generation, desired) => {
      host.remember(generation.facts);
      watching.follow(viewOf(generation, desired, kernel.host.addresses()));
      loop.mark("check");
    },
  });
  const firstRun = Promise.withResolvers<void>();
  const loop = new Loop<Mark>({
    settle: link === undefined ? SETTLE.files : SETTLE.server,
    work: async (marks) => {
      const outcome = await keeper.run(marks);
      journal.state(store.trouble);
      service.status(statusWords(keeper));
      link?.report();
      firstRun.resolve();
      return outcome;
    },
  });
  cleanup.defer(() => loop.stop());

  const parts: RouteParts = {
    agent,
    store,
    keeper,
    source,
    watching,
    link,
    spool,
    feed,
    version: options.version,
    startedAt: new Date().toISOString(),
    reload: () => reload(),
  };
  const reload = () => {
    service.reloading();
    host.askAgain();
    loop.mark("source");
  };
  journal.started({
    pid: process.pid,
    version: options.version,
    paths: options.paths,
    counting: counting.trouble ?? "on",
  });
  watching.follow(await heldView(agent, kernel));
  await watching.start();
  cleanup.use(await serveControl({ path: options.socket, routes: routes(parts) }));
  if (options.metricsPort !== undefined)
    cleanup.use(await serveMetrics({ port: options.metricsPort, route: metricsRoute(parts) }));
  cleanup.use(source.watch(() => loop.mark("source")));
  const checking = setInterval(() => loop.mark("check"), CHECK_MILLISECONDS);
  cleanup.defer(() => clearInterval(checking));
  loop.mark("source");
  await Promise.race([firstRun.promise, signals.stop]);
  cleanup.use(service.ready());
  await Promise.race([
    keepBootFiles({ store, kernel, floor, log, mask: options.mask, journal }),
    signals.stop,
  ]);
  const signal = await signals.stop;
  service.stopping();
  journal.stopping(signal);
}

function backOff(): BackOff {
  return new BackOff({ firstMilliseconds: 1_000, mostMilliseconds: 60_000, random: Math.random });
}

/** What the kernel holds already: connections from before are judged by it. Undefined where that cannot be found out. */
async function heldView(agent: Agent, { host }: Pick<Kernel, "host">): Promise<PolicyView | undefined> {
  try {
    const { held, trial } = await look(agent);
    const inForce = trial?.generation ?? held;
    return inForce && viewOf(inForce, undefined, host.addresses());
  } catch {
    return undefined;
  }
}

/** What was in force when a daemon ran here last; undefined where nothing can be read. */
function lastPolicy(store: TolerantStore): HostPolicy | undefined {
  try {
    const { current } = store.read();
    return current.kind === "generation" ? current.generation.policy : undefined;
  } catch {
    return undefined;
  }
}

/** Throws `link/not-joined`. */
function knownIdentity(stateDirectory: string): Identity {
  const identity = new IdentityFiles(stateDirectory).read();
  if (identity === undefined)
    throw new BulkheadError(
      "link/not-joined",
      "no policy files are named, and this host has not joined a server",
    );
  return identity;
}

function viewOf(
  { policy, facts, stamp }: Generation,
  desired: Desired | undefined,
  addresses: readonly string[],
) {
  return { policy, facts, stamp, addresses, hostNames: desired?.hostNames ?? {} };
}
