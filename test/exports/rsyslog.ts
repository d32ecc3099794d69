/** A real rsyslog on loopback, by TLS and TCP, that writes down what it has understood of each message. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestAuthority, testAuthority } from "@bulkhead/server/http/testing/certificates.ts";

/** What rsyslog has parsed, by RFC 5424. */
export interface Understood {
  readonly facility: string;
  readonly severity: string;
  readonly time: string;
  readonly host: string;
  readonly app: string;
  readonly id: string;
  readonly data: string;
  readonly text: string;
}

const PROPERTIES = {
  facility: 'property(name="syslogfacility" format="jsonf" outname="facility")',
  severity: 'property(name="syslogseverity" format="jsonf" outname="severity")',
  time: 'property(name="timereported" dateFormat="rfc3339" format="jsonf" outname="time")',
  host: 'property(name="hostname" format="jsonf" outname="host")',
  app: 'property(name="app-name" format="jsonf" outname="app")',
  id: 'property(name="msgid" format="jsonf" outname="id")',
  data: 'property(name="structured-data" format="jsonf" outname="data")',
  text: 'property(name="msg" format="jsonf" outname="text")',
};

export class Rsyslog implements AsyncDisposable {
  readonly port: number;
  /** Of what it shows. */
  readonly authority: TestAuthority;
  readonly #directory: string;
  #child: ChildProcess | undefined;

  private constructor(directory: string, port: number, authority: TestAuthority) {
    this.#directory = directory;
    this.port = port;
    this.authority = authority;
  }

  static async start(transport: "tls" | "tcp"): Promise<Rsyslog> {
    const directory = mkdtempSync(join(tmpdir(), "bulkhead-rsyslog-"));
    const authority = await testAuthority();
    const { key, certificate } = await authority.issue();
    const rsyslog = new Rsyslog(directory, await freePort(), authority);
    writeFileSync(join(directory, "ca.pem"), authority.pem);
    writeFileSync(join(directory, "key.pem"), key, { mode: 0o600 });
    writeFileSync(join(directory, "certificate.pem"), certificate);
    writeFileSync(join(directory, "rsyslog.conf"), rsyslog.#configuration(transport));
    await rsyslog.start();
    return rsyslog;
  }

  /** Again, on the same port, after `end`. */
  async start(): Promise<void> {
    const conf = join(this.#directory, "rsyslog.conf");
    const pid = join(this.#directory, "pid");
    const child = spawn("rsyslogd", ["-n", "-f", conf, "-i", pid], { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const gone = once(child, "exit").then(() => Promise.reject(new Error(`rsyslog ended: ${said}`)));
    gone.catch(() => {});
    await Promise.race([
      this.#until(() => existsSync(pid) && this.#lines().length >= 0 && isListening(this.port)),
      gone,
    ]);
  }

  get understood(): readonly Understood[] {
    return this.#lines().map((line) => JSON.parse(line));
  }

  /** Resolves when it has understood so many. */
  until(count: number): Promise<void> {
    return this.#until(() => this.#lines().length >= count);
  }

  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #lines(): readonly string[] {
    const path = join(this.#directory, "understood");
    return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
  }

  async #until(isSo: () => boolean): Promise<void> {
    const watcher = watch(this.#directory);
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (isSo()) resolve();
    };
    watcher.on("change", look);
    look();
    await promise;
    watcher.close();
  }

  #configuration(transport: "tls" | "tcp"): string {
    const file = (name: string) => join(this.#directory, name);
    const driver = 'StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon"';
    const properties = Object.values(PROPERTIES).join(' constant(value=",") ');
    return `global(workDirectory="${this.#directory}"
  defaultNetstreamDriverCAFile="${file("ca.pem")}"
  defaultNetstreamDriverCertFile="${file("certificate.pem")}"
  defaultNetstreamDriverKeyFile="${file("key.pem")}"
  maxMessageSize="64k")
module(load="imtcp" ${transport === "tls" ? driver : ""})
template(name="understood" type="list") { constant(value="{") ${properties} constant(value="}\\n") }
ruleset(name="in") { action(type="omfile" file="${file("understood")}" template="understood") }
input(type="imtcp" address="127.0.0.1" port="${this.port}" ruleset="in")
`;
  }
}

/** Whether somebody of this machine listens there, by what the kernel says. */
function isListening(port: number): boolean {
  const place = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .some((line) => line.includes(` ${place} `) && / 0A /.test(line));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
