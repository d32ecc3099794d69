/**
 * Inside a host: prints a JSON line for each commit to our table, with the moment in milliseconds of the machine's monotonic clock at which the kernel told of it, until it is
 * killed. The kernel tells after the new generation is in force.
 */

import { writeSync } from "node:fs";
import { realEvents } from "../../../agent/kernel/real-events.ts";

const MOST = 1_000;
const events = realEvents();
const commits = events.rulesets();
writeSync(1, "ready\n");
for (;;) {
  if (!events.wait([commits], 60_000)) continue;
  const at = Number(process.hrtime.bigint()) / 1e6;
  commits.drain(({ ours }) => {
    if (ours.length > 0) writeSync(1, `${JSON.stringify({ at })}\n`);
  }, MOST);
}
