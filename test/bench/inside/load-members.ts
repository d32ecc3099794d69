/**
 * Inside a host whose kernel holds an empty set: `load-members.ts SET COUNT ROUNDS`. Fills the set over netlink in one transaction and empties it again.
 * Prints the milliseconds of each filling as JSON.
 */

import { realKernel } from "../../../agent/kernel/real.ts";
import { addressNumber } from "../estates.ts";

const [set = "", count = "0", rounds = "0"] = process.argv.slice(2);
const { members } = realKernel();
const elements = Array.from(
  { length: Number(count) },
  (_, n) => ({ kind: "address", address: addressNumber(n) }) as const,
);
const change = { set, type: "ipv4_addr", elements } as const;
const milliseconds: number[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const began = performance.now();
  members.apply({ add: [change], remove: [] });
  milliseconds.push(performance.now() - began);
  members.apply({ add: [], remove: [change] });
}
console.log(JSON.stringify(milliseconds));
