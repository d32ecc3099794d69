/**
 * A whole machine: Debian with its own systemd, processes and network, on the switch of an estate, booted by systemd-nspawn.
 *
 *   const machine = await Machine.create(estate, { name: "db-1", addresses: ["10.0.0.21", "fd00::21"], repository });
 *   await machine.boot();
 *   await machine.run(["apt-get", "install", "--yes", "bulkhead-agent"]);
 *   await machine.powerOff();
 *
 * All that it writes lies over a Debian that is never written to. Its mounts, processes and network are gone with it, also when the test is killed: it dies with its maker.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeCgroup, removeCgroup } from "../estate/cgroups.ts";
import type { Estate } from "../estate/estate.ts";
import { type ExecOptions, type ExecResult, inCgroup, Namespace } from "../estate/namespace.ts";
import { ESTATE_PREFIX, SCRATCH } from "../estate/place.ts";
import { baseTree } from "./base-tree.ts";

export interface MachineOptions {
  readonly name: string;
  readonly addresses: readonly string[];
  /** A folder of packages, which the machine's apt finds. */
  readonly repository: string;
}

/** Its link is there before its first process, and its switch knows it by one hardware address over all boots. Arguments: base, scratch, name, hardware address, repository. */
const BOOT = `set -e
base=$1 scratch=$2 name=$3 repository=$5
mount -t sysfs -o ro sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t overlay overlay -o "lowerdir=$base,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/root"
ip link delete "$name" 2>/dev/null || :
ip link add "port-$name" up master lan type veth peer name "$name" address "$4"
exec setpriv --pdeathsig KILL systemd-nspawn --quiet --register=no --keep-unit --boot --directory="$scratch/root" --machine="$name" --private-network \\
  --network-interface="$name" --bind-ro="$repository:/opt/repository" --resolv-conf=off --timezone=off --link-journal=no --console=pipe --notify-ready=yes`;

/** As a machine's own root has it. */
const CLEAN = [
  "env",
  "-i",
  "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
  "HOME=/root",
  "LC_ALL=C.UTF-8",
  "DEBIAN_FRONTEND=noninteractive",
];

export class Machine implements AsyncDisposable {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Of its link, the same over all boots. */
  readonly hardwareAddress: string;
  readonly #estate: Estate;
  readonly #scratch: string;
  readonly #cgroup: string;
  readonly #repository: string;
  #nspawn: ChildProcess | undefined;
  #namespace: Namespace | undefined;
  #console = "";

  private constructor(
    estate: Estate,
    { name, addresses, repository }: MachineOptions,
    { scratch, cgroup }: { readonly scratch: string; readonly cgroup: string },
  ) {
    this.name = name;
    this.addresses = addresses;
    this.hardwareAddress = hardwareAddressOf(name);
    this.#estate = estate;
    this.#scratch = scratch;
    this.#cgroup = cgroup;
    this.#repository = repository;
  }

  /** Makes it, switched off. */
  static async create(estate: Estate, options: MachineOptions): Promise<Machine> {
    const scratch = await mkdtemp(join(SCRATCH, `${ESTATE_PREFIX}${process.pid}-`));
    const cgroup = await makeCgroup(basename(scratch));
    if (cgroup === undefined) throw new Error("this process may not make cgroups");
    for (const folder of ["upper", "work", "root"]) await mkdir(join(scratch, folder));
    const machine = new Machine(estate, options, { scratch, cgroup });
    for (const [path, text] of Object.entries(configurationOf(options))) await machine.write(path, text);
    return machine;
  }

  /** Its network and all its processes, while it runs. */
  get namespace(): Namespace {
    if (this.#namespace === undefined) throw new Error(`${this.name} does not run:\n${this.#console}`);
    return this.#namespace;
  }

  /** Switches it on, and resolves when all that it starts by itself has been started, or has failed to. */
  async boot(): Promise<void> {
    await this.start();
    await this.#booted?.promise;
  }

  #booted: PromiseWithResolvers<void> | undefined;

  /** Switches it on, and resolves as soon as its first process is there. */
  async start(): Promise<void> {
    this.#console = "";
    const base = await baseTree();
    const booted = Promise.withResolvers<void>();
    booted.promise.catch(() => {});
    this.#booted = booted;
    const leader = Promise.withResolvers<number>();
    const socket = join(this.#scratch, "notify");
    const hearer = await this.#hear(socket, (said) => {
      const pid = /^X_NSPAWN_LEADER_PID=(\d+)$/m.exec(said)?.[1];
      if (pid !== undefined) leader.resolve(Number(pid));
      if (/^READY=1$/m.test(said)) booted.resolve();
    });
    const script = [
      "sh",
      "-c",
      BOOT,
      "boot",
      base,
      this.#scratch,
      this.name,
      this.hardwareAddress,
      this.#repository,
    ];
    const isolated = ["unshare", "--mount", "--propagation", "private", ...script];
    const [command = "", ...rest] = inCgroup(this.#cgroup, [
      "nsenter",
      `--target=${this.#estate.switch.pid}`,
      "--net",
      "--",
      ...isolated,
    ]);
    const nspawn = spawn(command, rest, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, NOTIFY_SOCKET: socket },
    });
    this.#nspawn = nspawn;
    for (const stream of [nspawn.stdout, nspawn.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#console = `${this.#console}${text}`.slice(-8_000);
      });
    nspawn.once("close", (code) => {
      hearer.kill();
      this.#namespace = undefined;
      const ended = new Error(`${this.name} ended (${code}):\n${this.#console}`);
      leader.reject(ended);
      booted.reject(ended);
    });
    this.#namespace = new Namespace(await leader.promise, ["--pid", "--ipc"]);
  }

  /** What systemd-nspawn says of the machine's boot, in datagrams that it sends to a socket. */
  async #hear(socket: string, hear: (said: string) => void): Promise<ChildProcess> {
    await rm(socket, { force: true });
    const hearer = spawn(
      "setpriv",
      ["--pdeathsig", "KILL", "socat", "-u", "-d", "-d", `UNIX-RECV:${socket}`, "STDOUT"],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    hearer.stdout?.setEncoding("utf8").on("data", hear);
    // It says on its standard error when it listens.
    await once(hearer.stderr ?? hearer, "data");
    hearer.stderr?.resume();
    return hearer;
  }

  /** Shuts it down as its administrator would, and resolves when it is off. */
  async powerOff(): Promise<void> {
    const nspawn = this.#nspawn;
    if (nspawn === undefined || this.#namespace === undefined) return;
    const closed = once(nspawn, "close");
    await this.run(["systemctl", "poweroff", "--no-block"]);
    await closed;
  }

  /** Runs a command on it to its end, whatever that is. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return this.namespace.exec([...CLEAN, ...argv], options);
  }

  /** Runs a command that has to succeed; gives its standard output. */
  run(argv: readonly string[], options?: ExecOptions): Promise<string> {
    return this.namespace.run([...CLEAN, ...argv], options);
  }

  /** Runs lines of shell, which have to succeed; gives their standard output. */
  shell(lines: string): Promise<string> {
    return this.run(["sh", "-ec", lines]);
  }

  /** Writes a file before the machine is switched on. */
  async write(path: string, text: string): Promise<void> {
    const file = join(this.#scratch, "upper", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** Takes the current away, and removes all of it. */
  async remove(): Promise<void> {
    const nspawn = this.#nspawn;
    const isOn = nspawn !== undefined && nspawn.exitCode === null && nspawn.signalCode === null;
    const closed = isOn ? once(nspawn, "close") : undefined;
    await this.#namespace?.killAll();
    await removeCgroup(this.#cgroup);
    await closed;
    await rm(this.#scratch, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

/** Locally administered, of the name. */
function hardwareAddressOf(name: string): string {
  const hash = createHash("sha256").update(name).digest("hex");
  return ["02", ...(hash.slice(0, 10).match(/../g) ?? [])].join(":");
}

/** Every other address is its neighbour, as on the hosts of an estate. */
function configurationOf({ name, addresses }: MachineOptions): Readonly<Record<string, string>> {
  const bits = (address: string) => (address.includes(":") ? 128 : 32);
  const network = [
    `[Match]\nName=${name}`,
    "[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no",
    ...addresses.map((one) => `[Address]\nAddress=${one}/${bits(one)}\nDuplicateAddressDetection=none`),
    "[Route]\nDestination=0.0.0.0/0\nScope=link",
    "[Route]\nDestination=::/0",
  ];
  return {
    "etc/hostname": `${name}\n`,
    "etc/hosts": `127.0.0.1 localhost\n::1 localhost\n${addresses.map((one) => `${one} ${name}\n`).join("")}`,
    "etc/machine-id": `${createHash("sha256").update(name).digest("hex").slice(0, 32)}\n`,
    "etc/systemd/network/lan.network": `${network.join("\n\n")}\n`,
  };
}
