/** `bulkhead-agent` on a host of an estate, as a person or a script runs it. */

import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Host } from "../estate/host.ts";
import type { ExecOptions, ExecResult } from "../estate/namespace.ts";
import { AGENT, PINNED_NODE } from "../estate/place.ts";

const STEPPING = fileURLToPath(new URL("inside/stepping-agent.ts", import.meta.url));

export function stateDirectory(host: Host): string {
  return `${host.scratch}/state`;
}

/** Runs a command to its end, whatever that is. */
export function agent(host: Host, words: readonly string[], options?: ExecOptions): Promise<ExecResult> {
  return host.exec([AGENT, ...words, "--state-dir", stateDirectory(host)], options);
}

/** Runs a command that has to succeed. */
export async function succeed(host: Host, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await agent(host, words);
  if (code !== 0) throw new Error(`bulkhead-agent ${words.join(" ")} exits ${code}: ${stderr}`);
  return stdout;
}

export interface StatusFacts {
  readonly kernel: string;
  readonly digest: string | null;
  readonly stamp: string | null;
  readonly probation: { readonly secondsLeft: number } | null;
  readonly previous: { readonly digest: string } | null;
  readonly warnings: readonly { readonly code: string }[];
}

export async function statusOf(host: Host): Promise<StatusFacts> {
  const { stdout, stderr } = await agent(host, ["status", "--json"]);
  if (stdout === "") throw new Error(`no status: ${stderr}`);
  return JSON.parse(stdout);
}

/** Our table in the host's kernel as nft lists it, without counters and with every stamp called STAMP; "" where it is not there. */
export async function tableOf(host: Host): Promise<string> {
  const { stdout } = await host.exec(["nft", "-s", "list", "table", "inet", "bulkhead"]);
  return stdout
    .replace(/0x[0-9a-f]{2}(?:000000|ffffff)\b/g, "STAMP")
    .replace(/timeout \S+ expires \S+/g, "timeout");
}

/** Does an operation step by step, and kills it before the nth of its steps (from 0). Gives the name of that step; undefined where it had ended before. */
export async function killedBefore(
  host: Host,
  at: number,
  words: readonly string[],
): Promise<string | undefined> {
  const child = host.namespace.spawn([PINNED_NODE, STEPPING, stateDirectory(host), ...words]);
  const closed = once(child, "close");
  let complaints = "";
  child.stderr?.on("data", (text) => {
    complaints += text;
  });
  if (!child.stdout) throw new Error("the agent has no output");
  let steps = 0;
  for await (const step of createInterface({ input: child.stdout })) {
    if (step === "done") {
      await closed;
      return undefined;
    }
    if (steps++ === at) {
      child.kill("SIGKILL");
      await closed;
      return step;
    }
    child.stdin?.write("\n");
  }
  throw new Error(`the agent ended by itself: ${complaints}`);
}
