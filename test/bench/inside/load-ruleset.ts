/** Inside a host: `load-ruleset.ts FILE ROUNDS`. Loads a transaction as the agent does, each time into an empty kernel; prints the milliseconds of each as JSON. */

import { readFileSync } from "node:fs";
import { realKernel } from "../../../agent/kernel/real.ts";

const [file = "", rounds = "0"] = process.argv.slice(2);
const { nft } = realKernel();
const text = readFileSync(file, "utf8");
const milliseconds: number[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const began = performance.now();
  await nft.load(text);
  milliseconds.push(performance.now() - began);
  await nft.load("delete table inet bulkhead\n");
}
console.log(JSON.stringify(milliseconds));
