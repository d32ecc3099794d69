/** The `bulkhead` program: everything that touches no kernel. */

import { failed } from "@bulkhead/terminal/failure.ts";
import { processTerminal } from "@bulkhead/terminal/output.ts";
import { run } from "@bulkhead/terminal/program.ts";
import { PROGRAM } from "./program.ts";

const terminal = processTerminal(PROGRAM.name);
// Set, not exited with: what is written is still on its way to its reader.
process.exitCode = await run(PROGRAM, process.argv.slice(2), terminal).catch((error: unknown) =>
  failed(error, terminal),
);
