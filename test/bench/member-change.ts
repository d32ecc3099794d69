/** One address joins or leaves a segment: over netlink as the agent does it, against `nft add element`, among few members and many. */

import { fileURLToPath } from "node:url";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";
import { hostPolicyOfSize } from "./estates.ts";
import { type Benchmark, type Measurement, median, percentile } from "./measure.ts";
import { bulkheadRuleset } from "./rulesets.ts";

const INSIDE = fileURLToPath(new URL("inside/change-members.ts", import.meta.url));
const SIZES = [1_000, 100_000] as const;
const CHANGES = 5_000;
const ROUNDS = 3;
const SET = "group0_4";
const ENDS = { peer: "10.255.0.1", host: "10.254.0.1" };

type Size = (typeof SIZES)[number];

interface Times {
  readonly join: number[];
  readonly leave: number[];
  /** Microseconds that `nft add element` takes. */
  readonly command: number[];
}

async function measure(tell: (progress: string) => void): Promise<Record<Size, Times>> {
  await using estate = await Estate.create({
    hosts: { "size-1000": ["10.254.0.1"], "size-100000": ["10.254.0.2"] },
  });
  const times = { 1000: noTimes(), 100000: noTimes() };
  for (const size of SIZES) {
    tell(`loading ${size} members`);
    const policy = hostPolicyOfSize({ rules: 10, members: size * 2, groups: 2, ports: 5 }, ENDS);
    await estate.host(`size-${size}`).run(["nft", "-f", "-"], { input: bulkheadRuleset(policy) });
  }
  for (let round = 0; round < ROUNDS; round += 1)
    for (const size of round % 2 === 0 ? SIZES : SIZES.toReversed()) {
      tell(`${size} members, round ${round + 1} of ${ROUNDS}`);
      await oneRound(estate.host(`size-${size}`), times[size]);
    }
  return times;
}

function noTimes(): Times {
  return { join: [], leave: [], command: [] };
}

async function oneRound(host: Host, times: Times): Promise<void> {
  const told: Times = JSON.parse(await host.run([PINNED_NODE, INSIDE, SET, String(CHANGES)]));
  times.join.push(...told.join);
  times.leave.push(...told.leave);
  times.command.push(...told.command);
}

function lines(times: Record<Size, Times>): Measurement[] {
  const commandAtMost = median(times[100_000].command);
  return (["join", "leave"] as const).flatMap((change) => {
    const what = change === "join" ? "an address joins a segment" : "an address leaves a segment, new stamp";
    const [few, many] = [median(times[1_000][change]), median(times[100_000][change])];
    const p99 = percentile(times[100_000][change], 0.99);
    const speed = commandAtMost / many;
    return [
      {
        name: `${what}, 100,000 members, p50`,
        value: many,
        unit: "µs",
        peer: "nft add element there",
        peerValue: commandAtMost,
        ratio: many / commandAtMost,
        goal: "p50 <= 100 µs and >= 100 x faster",
        met: many <= 100 && speed >= 100,
      },
      {
        name: `${what}, 100,000 members, p99`,
        value: p99,
        unit: "µs",
        peer: "p50",
        peerValue: many,
        ratio: p99 / many,
        goal: "p99 <= 1 ms",
        met: p99 <= 1000,
      },
      {
        name: `${what}, growth from 1,000 members, p50`,
        value: many,
        unit: "µs",
        peer: "the same at 1,000 members",
        peerValue: few,
        ratio: many / few,
        goal: "<= 1.2 x",
        met: many / few <= 1.2,
      },
    ];
  });
}

export const memberChange: Benchmark = {
  name: "member-change",
  about: "one address joins or leaves a segment: message to acknowledgement",
  by: "root",
  run: async (tell) => lines(await measure(tell)),
};
