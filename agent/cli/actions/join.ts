import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { prepareStateDirectory } from "../../apply/state-directory.ts";
import { realKernel } from "../../kernel/real.ts";
import { reportable } from "../../link/addresses.ts";
import { IdentityFiles } from "../../link/identity.ts";
import { join } from "../../link/join.ts";
import { writeJson } from "../report.ts";

export interface LeaveOptions {
  readonly "state-dir": string;
  readonly json: boolean;
  readonly quiet: boolean;
}

export interface JoinServerOptions extends LeaveOptions {
  readonly url: string;
  readonly token: string;
  readonly as: string | undefined;
  readonly again: boolean;
}

/** Longer than any token. */
const MOST_INPUT = 4_096;

export async function joinServer(options: JoinServerOptions, terminal: Terminal): Promise<ExitCode> {
  const { url, as, again, json, quiet, "state-dir": directory } = options;
  prepareStateDirectory(directory);
  const files = new IdentityFiles(directory);
  const before = again ? undefined : files.read();
  if (before !== undefined)
    throw new BulkheadError("link/joined-already", `this host is ${before.host} of ${before.url}`);
  const kernel = realKernel();
  const token = options.token === "-" ? await standardInput() : options.token;
  const joined = await join({
    url,
    token,
    name: as ?? kernel.host.name(),
    addresses: reportable(kernel.host.addresses()),
  }).finally(() => kernel.close());
  const { identity, labels } = joined;
  files.write(identity);
  if (json) await writeJson(terminal, { host: identity.host, server: identity.url, labels });
  else if (!quiet) {
    const all = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    await terminal.out.write(
      `this host has joined ${identity.url} as ${printable(identity.host)}${all.length === 0 ? "" : `, labelled ${printable(all.join(", "))}`}\n` +
        "next: start the daemon, 'systemctl enable --now bulkhead-agent' or 'bulkhead-agent run'\n",
    );
  }
  return 0;
}

export async function leaveServer(options: LeaveOptions, terminal: Terminal): Promise<ExitCode> {
  const files = new IdentityFiles(options["state-dir"]);
  const identity = files.read();
  files.remove();
  if (options.json) await writeJson(terminal, { left: identity?.url ?? null });
  else if (!options.quiet)
    await terminal.out.write(
      identity === undefined
        ? "this host had not joined a server\n"
        : `this host has left ${identity.url}; a daemon that runs keeps its connection until it is restarted. The rules in force stay: 'bulkhead-agent clear' takes them away\n`,
    );
  return identity === undefined ? 1 : 0;
}

async function standardInput(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) {
    text += chunk;
    if (text.length > MOST_INPUT) break;
  }
  return text.slice(0, MOST_INPUT);
}
