import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeCgroup } from "./cgroups.ts";
import { Flood } from "./conversation.ts";
import type { ExecOptions, ExecResult, Namespace } from "./namespace.ts";
import { FLOOD, PINNED_NODE, WORKER, WORKER_ENVIRONMENT } from "./place.ts";
import type { ServiceName } from "./service.ts";
import { parseService } from "./service.ts";
import { type Directory, type Ends, Speaker } from "./speaker.ts";
import { WorkerLink } from "./worker-link.ts";

export interface HostParts {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly namespace: Namespace;
  readonly link: WorkerLink;
  readonly directory: Directory;
  /** A directory of this host alone, for state and policies; removed with the estate. */
  readonly scratch: string;
  /** The host's cgroup root; undefined where the machine does not let us make one. */
  readonly cgroup: string | undefined;
}

/** A Linux host: one network namespace with an interface `eth0`, a name, a private /run, and its own cgroup root. */
export class Host extends Speaker {
  readonly namespace: Namespace;
  readonly scratch: string;
  readonly cgroup: string | undefined;
  readonly #directory: Directory;
  readonly #workers: WorkerLink[] = [];

  constructor(parts: HostParts) {
    super(parts.name, parts.addresses, parts.link, parts.directory);
    this.namespace = parts.namespace;
    this.scratch = parts.scratch;
    this.cgroup = parts.cgroup;
    this.#directory = parts.directory;
  }

  /** Runs a command on this host to its end, whatever that is. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return this.namespace.exec(argv, options);
  }

  /** Runs a command that has to succeed; gives its standard output. */
  run(argv: readonly string[], options?: ExecOptions): Promise<string> {
    return this.namespace.run(argv, options);
  }

  /** Begins to send UDP datagrams to `to` as fast as it can. */
  async flood(to: string, service: ServiceName, ends: Ends = {}): Promise<Flood> {
    const { source, destination } = this.ends(to, ends);
    const { protocol, port } = parseService(service);
    if (protocol !== "udp") throw new Error("a flood is UDP");
    // A little less urgent than those who work under it, or two floods leave them no processor.
    const nice = ["nice", "-n", "5"];
    const flood = new Flood(
      this.namespace.spawn([...nice, PINNED_NODE, FLOOD, source, destination, String(port)]),
    );
    await flood.began();
    return flood;
  }

  /** Makes conntrack forget all flows of this host, so that each is new again. */
  async forgetFlows(): Promise<void> {
    await this.link.ask("forgetFlows", {});
  }

  /** Starts a systemd-like unit: a process in the cgroup `system.slice/NAME`. */
  async unit(name: string, options: { readonly uid?: number } = {}): Promise<Unit> {
    if (this.cgroup === undefined) throw new Error("this machine does not let this process make cgroups");
    const cgroup = join(this.cgroup, "system.slice", name);
    await mkdir(cgroup, { recursive: true });
    const link = await this.#worker(`${this.name} (${name})`, { cgroup, ...options });
    return new Unit({ name: this.name, addresses: this.addresses, link, directory: this.#directory, cgroup });
  }

  /** A process of another account. */
  async account(uid: number): Promise<Speaker> {
    const link = await this.#worker(`${this.name} (uid ${uid})`, { uid });
    return new Speaker(this.name, this.addresses, link, this.#directory);
  }

  /** Writes a file of the host's scratch directory; gives its path. */
  async write(name: string, text: string): Promise<string> {
    const path = join(this.scratch, name);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  /** Ends everything that runs here, with which the namespace is gone. */
  async end(): Promise<void> {
    await Promise.all(this.#workers.map((link) => link.end()));
    await this.namespace.killAll();
    await this.link.end();
    if (this.cgroup !== undefined) await removeCgroup(this.cgroup);
  }

  async #worker(
    name: string,
    where: { readonly cgroup?: string; readonly uid?: number },
  ): Promise<WorkerLink> {
    const account =
      where.uid === undefined
        ? []
        : ["setpriv", `--reuid=${where.uid}`, `--regid=${where.uid}`, "--clear-groups"];
    const start = [...account, PINNED_NODE, WORKER];
    const link = new WorkerLink(
      this.namespace.spawnInCgroup(where.cgroup, start, { env: WORKER_ENVIRONMENT }),
      name,
    );
    this.#workers.push(link);
    await link.ready();
    return link;
  }
}

/** A running systemd-like unit. Start it again after `stop()` and its cgroup is a new one, with a new id. */
export class Unit extends Speaker {
  readonly cgroup: string;

  constructor(parts: Omit<HostParts, "namespace" | "scratch"> & { readonly cgroup: string }) {
    super(parts.name, parts.addresses, parts.link, parts.directory);
    this.cgroup = parts.cgroup;
  }

  /** Ends the process and removes the cgroup. */
  async stop(): Promise<void> {
    await this.link.end();
    await removeCgroup(this.cgroup);
  }
}
