/**
 * Hosts that a test builds for itself: network namespaces on one bridge, v4 and v6, with a worker in each that listens and calls.
 *
 *   const estate = await Estate.create({ hosts: { "web-1": ["10.0.0.11", "fd00::11"], "db-1": ["10.0.0.21", "fd00::21"] } });
 *   await estate.host("db-1").listen("tcp/5432");
 *   await estate.host("web-1").connect("db-1", "tcp/5432"); // "connected"
 *   await estate.remove();
 *
 * Any address may have any other as its neighbour: there is one link and no router. It works as root, and inside a user namespace without. Every
 * process ends when its maker does, and a namespace with its processes, so a crash leaves at most an empty directory, which the next estate sweeps away.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { makeCgroup, mayMakeCgroups, removeCgroup } from "./cgroups.ts";
import { Host } from "./host.ts";
import { sweepLeftovers } from "./leftovers.ts";
import { inCgroup, Namespace, USER_NAMESPACE } from "./namespace.ts";
import { ESTATE_PREFIX, PINNED_NODE, SCRATCH, WORKER, WORKER_ENVIRONMENT } from "./place.ts";
import { hostScript, interfaceBatch, switchBatch, switchScript } from "./scripts.ts";
import { WorkerLink } from "./worker-link.ts";

export interface HostOptions {
  readonly addresses: readonly string[];
  /** Files that this host sees in place of the machine's own, such as "/etc/hosts" or "/etc/passwd"; they must exist on the machine. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What hosts can have besides addresses. */
export interface Abilities {
  /** systemd-like units, in cgroups. */
  readonly units: boolean;
  /** Processes of other accounts than the one that the tests run as. */
  readonly accounts: boolean;
}

/** What this process is allowed to build: all of it as root on a machine with the v2 hierarchy. */
export function abilities(): Abilities {
  const isRoot = process.getuid?.() === 0;
  return { units: isRoot && mayMakeCgroups(), accounts: isRoot };
}

export interface EstateOptions {
  /** By name: addresses, or more. */
  readonly hosts: Readonly<Record<string, readonly string[] | HostOptions>>;
  /** Make a user namespace also where root could do without. */
  readonly unprivileged?: boolean;
}

export class Estate implements AsyncDisposable {
  readonly hosts: ReadonlyMap<string, Host>;
  /** The namespace of the bridge; the port of the nth host (from 0) is `port-n`. */
  readonly switch: Namespace;
  readonly can: Abilities;
  readonly #undo: AsyncDisposableStack;

  private constructor(
    hosts: ReadonlyMap<string, Host>,
    bridge: Namespace,
    can: Abilities,
    undo: AsyncDisposableStack,
  ) {
    this.hosts = hosts;
    this.switch = bridge;
    this.can = can;
    this.#undo = undo;
  }

  /** Builds the hosts and the links between them. What was built is removed again where something fails. */
  static async create(options: EstateOptions): Promise<Estate> {
    await using undo = new AsyncDisposableStack();
    await sweepLeftovers();
    const scratch = await mkdtemp(join(SCRATCH, `${ESTATE_PREFIX}${process.pid}-`));
    undo.defer(() => rm(scratch, { recursive: true, force: true }));
    const isRoot = process.getuid?.() === 0 && !options.unprivileged;
    const cgroup = isRoot ? await makeCgroup(basename(scratch)) : undefined;
    if (cgroup !== undefined) undo.defer(() => removeCgroup(cgroup));
    const bridge = await makeSwitch(isRoot, undo);
    const builder = new Builder(bridge, isRoot, scratch, cgroup);
    const hosts = await builder.build(options.hosts, undo);
    return new Estate(hosts, bridge, { units: cgroup !== undefined, accounts: isRoot }, undo.move());
  }

  host(name: string): Host {
    const host = this.hosts.get(name);
    if (!host)
      throw new Error(`no host ${name} in this estate, which has ${[...this.hosts.keys()].join(", ")}`);
    return host;
  }

  /** Ends all processes and removes everything, in reverse order. */
  remove(): Promise<void> {
    return this.#undo.disposeAsync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

/** The bridge's namespace, held by a `cat` that ends with our end of its input. */
async function makeSwitch(isRoot: boolean, undo: AsyncDisposableStack): Promise<Namespace> {
  const user = isRoot ? [] : ["--user", "--map-root-user"];
  const holder = spawn(
    "unshare",
    [...user, "--net", "--uts", "--mount", "--cgroup", "sh", "-c", switchScript()],
    { stdio: "pipe" },
  );
  undo.defer(() => endProcess(holder));
  await firstLine(holder);
  const namespace = new Namespace(pidOf(holder), isRoot ? [] : USER_NAMESPACE);
  undo.defer(() => namespace.killAll());
  return namespace;
}

class Builder {
  readonly #switch: Namespace;
  readonly #isRoot: boolean;
  readonly #scratch: string;
  readonly #cgroup: string | undefined;
  readonly #addresses = new Map<string, readonly string[]>();

  constructor(bridge: Namespace, isRoot: boolean, scratch: string, cgroup: string | undefined) {
    this.#switch = bridge;
    this.#isRoot = isRoot;
    this.#scratch = scratch;
    this.#cgroup = cgroup;
  }

  async build(wanted: EstateOptions["hosts"], undo: AsyncDisposableStack): Promise<Map<string, Host>> {
    const options = Object.entries(wanted).map(([name, given]): [string, HostOptions] => [
      name,
      "addresses" in given ? given : { addresses: given },
    ]);
    for (const [name, { addresses }] of options) this.#addresses.set(name, addresses);
    const hosts = await Promise.all(options.map(([name, given]) => this.#start(name, given, undo)));
    await this.#switch.run(["ip", "-batch", "-"], {
      input: switchBatch(hosts.map((host) => host.namespace.pid)),
    });
    await Promise.all(
      hosts.map((host) => host.run(["ip", "-batch", "-"], { input: interfaceBatch(host.addresses) })),
    );
    return new Map(hosts.map((host) => [host.name, host]));
  }

  async #start(name: string, options: HostOptions, undo: AsyncDisposableStack): Promise<Host> {
    const scratch = join(this.#scratch, name);
    await mkdir(scratch);
    const cgroup = this.#cgroup === undefined ? undefined : await makeCgroup(basename(this.#scratch), name);
    const script = hostScript({
      name,
      scratch,
      files: options.files ?? {},
      hasCgroup: cgroup !== undefined,
      hasAccounts: this.#isRoot,
    });
    const unshare = [
      "unshare",
      "--net",
      "--uts",
      "--mount",
      "--cgroup",
      "--propagation",
      "private",
      "sh",
      "-c",
      script,
    ];
    const argv = [...unshare, "sh", PINNED_NODE, WORKER];
    const [command = "", ...rest] = inCgroup(
      cgroup,
      this.#isRoot ? argv : this.#switch.inUserNamespace(argv),
    );
    const child = spawn(command, rest, { stdio: "pipe", env: WORKER_ENVIRONMENT });
    const link = new WorkerLink(child, name);
    const namespace = new Namespace(pidOf(child), this.#isRoot ? [] : USER_NAMESPACE);
    const directory = { addressesOf: (to: string) => this.#addresses.get(to) ?? [to] };
    const host = new Host({
      name,
      addresses: options.addresses,
      namespace,
      link,
      directory,
      scratch,
      cgroup,
    });
    undo.defer(() => host.end());
    await link.ready();
    return host;
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined)
    throw new Error("util-linux's unshare is not installed, or could not be started");
  return child.pid;
}

/** Resolves at the first output; rejects with the complaint where the process ends without one. */
function firstLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let complaints = "";
    child.stderr?.on("data", (text) => {
      complaints += text;
    });
    child.stdout?.once("data", () => resolve());
    child.once("error", reject);
    child.once("close", () => reject(new Error(`no network namespace could be made: ${complaints.trim()}`)));
  });
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await gone;
}
