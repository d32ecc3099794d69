/** The `bulkhead` program: everything that touches no kernel. */

import { failed } from "./failure.ts";
import { processTerminal } from "./output.ts";
import { run } from "./program.ts";

const terminal = processTerminal();
// Set, not exited with: what is written is still on its way to its reader.
process.exitCode = await run(process.argv.slice(2), terminal).catch((error: unknown) =>
  failed(error, terminal),
);
