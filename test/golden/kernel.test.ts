import { basename } from "node:path";
import { test } from "vitest";
import { attemptsOf, outsideAddresses } from "./flows.ts";
import { packetLines } from "./packet-lines.ts";
import { play } from "./play.ts";
import { readStory, storyFolders, tablesOf } from "./story.ts";

const played = storyFolders().filter((folder) => packetLines(folder).length > 0);

test.concurrent.for(played.map((folder) => [basename(folder), folder] as const))(
  "%s: real packets meet what packets.txt says, and the rule that is named is the one that counts",
  async ([, folder], { expect }) => {
    const story = await readStory(folder);
    const flows = packetLines(folder).flatMap(({ flow }) => flow ?? []);
    const complaints = await play(
      flows.flatMap((flow) => attemptsOf(story, flow)),
      {
        tables: tablesOf(story),
        hosts: story.resolved?.hosts ?? new Map(),
        outside: outsideAddresses(story, flows),
        facts: story.facts,
      },
    );
    expect(complaints).toEqual([]);
  },
);
