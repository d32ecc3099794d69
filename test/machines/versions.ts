/** How versions of the agent that come after this one differ from it, as edits of its unpacked package. */

import { join } from "node:path";
import { editFile, fileIn } from "./repository.ts";

/** Keeps its state in a form that the versions before it do not know. */
export function asNextForm(root: string): void {
  editFile(fileIn(join(root, "usr/lib/bulkhead-agent"), "state-store-"), (text) =>
    text.replace('{"formatVersion":1,', '{"formatVersion":2,').replace("formatVersion>1", "formatVersion>2"),
  );
}

export function asBroken(root: string): void {
  editFile(
    join(root, "usr/lib/bulkhead-agent/main.mjs"),
    (text) => `throw new Error("not on this system");\n${text}`,
  );
}
