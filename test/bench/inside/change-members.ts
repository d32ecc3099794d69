/**
 * Inside a host whose kernel holds the set: `change-members.ts SET CHANGES`. An address joins and leaves, CHANGES times, each as a transaction of its own that the
 * kernel has acknowledged; leaving takes a permission away, so it brings a new stamp. Then the nft command adds some. Prints the microseconds of each as JSON.
 */

import { execFileSync } from "node:child_process";
import { realKernel } from "../../../agent/kernel/real.ts";
import { stampNumber } from "../rulesets.ts";

const [set = "", changes = "0"] = process.argv.slice(2);
const WARM_UP = 500;
const COMMANDS = 10;
const { members } = realKernel();
const result = { join: [] as number[], leave: [] as number[], command: [] as number[] };

function timed(run: () => void): number {
  const began = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - began) / 1000;
}

for (let n = 0; n < Number(changes) + WARM_UP; n += 1) {
  const address = `172.${16 + ((n >> 16) & 15)}.${(n >> 8) & 255}.${n & 255}`;
  const element = { set, type: "ipv4_addr", elements: [{ kind: "address", address }] } as const;
  const join = timed(() => members.apply({ add: [element], remove: [] }));
  const leave = timed(() => members.apply({ add: [], remove: [element], stamp: stampNumber(n + 1) }));
  if (n < WARM_UP) continue;
  result.join.push(join);
  result.leave.push(leave);
}
for (let n = 0; n < COMMANDS; n += 1) {
  const element = `{ 192.168.0.${n} }`;
  result.command.push(timed(() => execFileSync("nft", ["add", "element", "inet", "bulkhead", set, element])));
  execFileSync("nft", ["delete", "element", "inet", "bulkhead", set, element]);
}
console.log(JSON.stringify(result));
