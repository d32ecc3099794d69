/** The `bulkhead-agent` program: everything that touches this host's kernel. */

import { failed } from "@bulkhead/terminal/failure.ts";
import { processTerminal } from "@bulkhead/terminal/output.ts";
import { run } from "@bulkhead/terminal/program.ts";
import { configured } from "./configuration/configured.ts";
import { configurationPath, readConfiguration } from "./configuration/file.ts";
import { PROGRAM } from "./program.ts";

const terminal = processTerminal(PROGRAM.name);
const settings = await readConfiguration(configurationPath()).then(
  (read) => () => read,
  (error: unknown) => () => {
    throw error;
  },
);
const code = await run(configured(PROGRAM, settings), process.argv.slice(2), terminal).catch(
  (error: unknown) => failed(error, terminal),
);
// Everything is written. What may still be open (a DNS question that nobody waits for any more) is no reason to stay.
process.exit(code);
