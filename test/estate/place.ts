/** Where things are: this checkout, its pinned Node, the programs under test. */

import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const CHECKOUT = fromHere("../../");
export const PINNED_NODE = fromHere("../../packaging/pinned-node");
export const AGENT = fromHere("../../agent/bin/bulkhead-agent");
export const BULKHEAD = fromHere("../../server/bin/bulkhead");
export const WORKER = fromHere("worker/main.ts");
export const FLOOD = fromHere("worker/flood.ts");
/** Every leftover of an estate begins so, followed by the pid of its maker. */
export const ESTATE_PREFIX = "bulkhead-estate-";
export const SCRATCH = tmpdir();
