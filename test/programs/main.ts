/**
 * Bundles both programs for a run of the suite, into the folder that is given: the tests start some two thousand of them, and a bundle starts in half the processor time. So
 * what is tested is also what the packages hold. A single test that is run by hand starts the programs from their sources.
 */

import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { bundled } from "./bundled.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("say into which folder");
mkdirSync(folder, { recursive: true });
await Promise.all([bundled(resolve(folder), "agent"), bundled(resolve(folder), "server")]);
