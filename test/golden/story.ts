/** A story: a folder with one paragraph, a policy, and what comes of it. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "@bulkhead/shared/nft/compile.ts";
import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import { readPolicyFiles } from "@bulkhead/shared/policy/files.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { formatProblem, type Problem } from "@bulkhead/shared/policy/problem.ts";
import { type ResolvedPolicy, resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import { parse } from "yaml";

import { STAMP } from "../oracle/attempt.ts";

const STORIES = fileURLToPath(new URL("stories/", import.meta.url));

export interface Story {
  readonly name: string;
  readonly folder: string;
  readonly problems: readonly Problem[];
  /** Undefined where the policy is invalid. */
  readonly resolved: ResolvedPolicy | undefined;
  readonly facts: StoryFacts;
}

/** What `facts.yaml` says of the hosts: what names resolve to, who has an account, which units run. */
export interface StoryFacts {
  readonly names: Readonly<Record<string, readonly string[]>>;
  readonly users: Readonly<Record<string, number>>;
  readonly running: readonly string[];
}

export function storyFolders(): string[] {
  return readdirSync(STORIES)
    .sort()
    .map((name) => join(STORIES, name));
}

/** Reads and resolves a story. The clock is this machine's, as it is in the kernel that the story is played in. */
export async function readStory(folder: string): Promise<Story> {
  const path = existsSync(join(folder, "policy")) ? join(folder, "policy") : join(folder, "policy.yaml");
  const { files, problems: unread } = await readPolicyFiles(fs, [path]);
  const now = Date.now();
  // Places read as they do for somebody who stands in the story's folder.
  const local = files.map(({ name, text }) => ({ name: name.replace(`${folder}/`, ""), text }));
  const { policy, problems } = parsePolicy(local, { now });
  const resolved = policy && resolvePolicy(policy, buildInventory(policy), { now });
  return {
    name: basename(folder),
    folder,
    problems: [...unread, ...problems],
    resolved,
    facts: readFacts(folder),
  };
}

export function problemsText(problems: readonly Problem[]): string {
  return problems.map((problem) => `${formatProblem(problem)}\n`).join("");
}

/** The ruleset of each host, as `bulkhead render` would print it with these facts; none where the policy is invalid. */
export function tablesOf({ resolved, facts }: Story): Map<string, string> {
  if (!resolved) return new Map();
  const options = { stamp: STAMP, log: { to: "kernel" }, digest: "golden" } as const;
  const table = (host: string) => render(compile(resolved.hostPolicy(host), hostFacts(facts), options));
  return new Map([...resolved.hosts.keys()].map((host) => [host, table(host)]));
}

/** Facts as the compiler takes them: every unit that runs has one cgroup, where systemd would have made it. */
function hostFacts({ names, users, running }: StoryFacts): HostFacts {
  const units = running.map((unit) => [unit, [{ path: `system.slice/${unit}`, level: 2, id: "0" }]] as const);
  return { names, users, units: Object.fromEntries(units) };
}

/** No facts at all where the story has no `facts.yaml`. */
export function readFacts(folder: string): StoryFacts {
  const path = join(folder, "facts.yaml");
  const facts = existsSync(path) ? parse(readFileSync(path, "utf8")) : {};
  return { names: {}, users: {}, running: [], ...facts };
}

/** The golden text of a file of the story, written first where UPDATE_GOLDEN=1 says so; empty where there is no file. */
export function golden(folder: string, file: string, actual: string): string {
  const path = join(folder, file);
  if (process.env.UPDATE_GOLDEN === "1" && (actual !== "" || existsSync(path))) writeFileSync(path, actual);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
