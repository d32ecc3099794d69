import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "vitest";
import { abilities } from "../estate/estate.ts";
import { AgentShell } from "../faults/agent-shell.ts";
import type { Stage } from "../oracle/stage.ts";
import { attemptsOf, outsideAddresses } from "./flows.ts";
import { packetLines } from "./packet-lines.ts";
import { play, type Setting } from "./play.ts";
import { readFacts, readStory, type Story, storyFolders, tablesOf } from "./story.ts";

const played = storyFolders().filter((folder) => packetLines(folder).length > 0 && canBePlayed(folder));
/** Where hosts have to find something out for themselves, or read several files, the agent must come to the same rules as the compiler. */
const byAgent = played.filter(
  (folder) => existsSync(join(folder, "facts.yaml")) || existsSync(join(folder, "policy")),
);

/** All stories share two processors, so one may wait long for its turn. */
const PATIENCE = 600_000;

const named = (folders: readonly string[]) => folders.map((folder) => [basename(folder), folder] as const);

test.concurrent.for(named(played))(
  "%s: real packets meet what packets.txt says, and the rule that is named is the one that counts",
  { timeout: PATIENCE },
  async ([, folder], { expect }) => {
    const story = await readStory(folder);
    const tables = tablesOf(story);
    const load = (stage: Stage, host: string) => stage.load(host, tables.get(host) ?? "");
    expect(await complaintsAbout(story, load)).toEqual([]);
  },
);

test.concurrent.for(named(byAgent))(
  "%s: the same where bulkhead-agent applies the policy and finds out what it needs",
  { timeout: PATIENCE },
  async ([, folder], { expect }) => {
    const story = await readStory(folder);
    const path = existsSync(join(folder, "policy")) ? "policy" : "policy.yaml";
    const agents = new Map<string, Promise<AgentShell>>();
    const load = async (stage: Stage, host: string) => {
      const agent = agents.getOrInsertComputed(host, () => AgentShell.open(stage.estate.host(host), folder));
      await (await agent).run("apply", path, "--as", host);
    };
    expect(await complaintsAbout(story, load)).toEqual([]);
  },
);

/** A story of units or accounts needs hosts that can have them. */
function canBePlayed(folder: string): boolean {
  const { running, users } = readFacts(folder);
  const { units, accounts } = abilities();
  return (running.length === 0 || units) && (Object.keys(users).length === 0 || accounts);
}

function complaintsAbout(story: Story, load: Setting["load"]): Promise<string[]> {
  const flows = packetLines(story.folder).flatMap(({ flow }) => flow ?? []);
  return play(
    flows.flatMap((flow) => attemptsOf(story, flow)),
    {
      hosts: story.resolved?.hosts ?? new Map(),
      outside: outsideAddresses(story, flows),
      facts: story.facts,
      load,
    },
  );
}
