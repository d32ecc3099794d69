/** The `bulkhead-agent` program: everything that touches this host's kernel. */

import { failed } from "./failure.ts";
import { processTerminal } from "./output.ts";
import { run } from "./program.ts";

const terminal = processTerminal();
const code = await run(process.argv.slice(2), terminal).catch((error: unknown) => failed(error, terminal));
// Everything is written. What may still be open (a DNS question that nobody waits for any more) is no reason to stay.
process.exit(code);
