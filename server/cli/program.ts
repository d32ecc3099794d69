/** What the program says of itself, and its commands. */

import { completion } from "@bulkhead/terminal/completion.ts";
import type { ProgramSpec } from "@bulkhead/terminal/parser.ts";
import manifest from "../package.json" with { type: "json" };
import { CENTRE } from "./commands/centre.ts";
import { check } from "./commands/check.ts";
import { diff } from "./commands/diff.ts";
import { explain } from "./commands/explain.ts";
import { matrix } from "./commands/matrix.ts";
import { render } from "./commands/render.ts";
import { schema } from "./commands/schema.ts";
import { serve } from "./commands/serve.ts";

export const PROGRAM: ProgramSpec = {
  name: "bulkhead",
  version: manifest.version,
  purpose: "Asks a policy what it means, serves it to hosts, and shows what they see.",
  epilogue:
    "Exit codes: 0 done or yes; 1 it ran and the answer is no (a test failed, traffic is denied, a difference under --exit-code); " +
    "2 wrong usage or an invalid policy; 3 it could not run.\n\n" +
    "Facts go to standard output, errors to standard error. NO_COLOR turns colour off, BULKHEAD_DEBUG=1 shows stack traces.",
  commands: [check, explain, matrix, diff, render, schema, serve, ...CENTRE, completion],
};
