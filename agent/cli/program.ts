/** What the program says of itself, and its commands. */

import { completion } from "@bulkhead/terminal/completion.ts";
import type { ProgramSpec } from "@bulkhead/terminal/parser.ts";
import manifest from "../package.json" with { type: "json" };
import { apply } from "./commands/apply.ts";
import { clear } from "./commands/clear.ts";
import { confirm } from "./commands/confirm.ts";
import { doctor } from "./commands/doctor.ts";
import { flows } from "./commands/flows.ts";
import { inventory } from "./commands/inventory.ts";
import { join } from "./commands/join.ts";
import { leave } from "./commands/leave.ts";
import { plan } from "./commands/plan.ts";
import { rollback } from "./commands/rollback.ts";
import { run } from "./commands/run.ts";
import { show } from "./commands/show.ts";
import { status } from "./commands/status.ts";
import { suggest } from "./commands/suggest.ts";
import { trace } from "./commands/trace.ts";

export const PROGRAM: ProgramSpec = {
  name: "bulkhead-agent",
  version: manifest.version,
  purpose: "Puts a policy into force on this host, by its kernel's nftables, and says what is in force.",
  epilogue:
    "Exit codes: 0 done or yes; 1 it ran and the answer is no (a difference, a policy that was not confirmed in time); " +
    "2 wrong usage or an invalid policy; 3 it could not run (permission, kernel, another command at work).\n\n" +
    "Facts go to standard output, errors and warnings to standard error. NO_COLOR turns colour off, BULKHEAD_DEBUG=1 shows stack traces, " +
    "BULKHEAD_STATE_DIR is where the state is, BULKHEAD_CONFIG the configuration file (/etc/bulkhead/agent.yaml); empty, none is read. " +
    "The command line goes before the environment, the environment before the file.",
  commands: [
    plan,
    apply,
    confirm,
    rollback,
    run,
    join,
    leave,
    status,
    flows,
    suggest,
    trace,
    doctor,
    inventory,
    show,
    clear,
    completion,
  ],
};
