/** Where things are: this checkout, its pinned Node, the programs under test. */

import { readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const CHECKOUT = fromHere("../../");
export const PINNED_NODE = fromHere("../../packaging/pinned-node");
/** Where the suite has bundled the programs (test/programs); empty where they are started from their sources. */
const BUNDLED = process.env.BULKHEAD_TEST_PROGRAMS ?? "";
export const AGENT = BUNDLED ? join(BUNDLED, "bulkhead-agent") : fromHere("../../agent/bin/bulkhead-agent");
export const BULKHEAD = BUNDLED ? join(BUNDLED, "bulkhead") : fromHere("../../server/bin/bulkhead");
export const WORKER = fromHere("worker/main.ts");
export const FLOOD = fromHere("worker/flood.ts");
/** Workers keep their compiled code here: it halves their start. Where it cannot be written, Node goes without. */
export const WORKER_ENVIRONMENT = {
  ...process.env,
  NODE_COMPILE_CACHE: fromHere("../../node_modules/.cache/estate"),
};
/**
 * Every leftover of an estate begins so, followed by the pid of its maker. A pid says who is alive only where it was given, so the pid namespace is part
 * of the name: a container that shares this machine's directories must not take our estates for those of the dead.
 */
export const ESTATE_PREFIX = `bulkhead-estate.${/\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0]}-`;
export const SCRATCH = tmpdir();
