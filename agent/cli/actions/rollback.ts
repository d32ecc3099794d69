import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { failed } from "@bulkhead/terminal/failure.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type RolledBack, rollback } from "../../apply/rollback.ts";
import { noteFacts, warn, writeJson } from "../report.ts";
import { type ChangeOptions, changing } from "../session.ts";
import { shortDigest } from "../words/generation.ts";
import { report } from "./apply.ts";
import { approval, orDeclined } from "./approval.ts";

export interface RollbackOptions extends ChangeOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
}

export async function rollbackPolicy(options: RollbackOptions, terminal: Terminal): Promise<ExitCode> {
  const approve = approval(options.yes, terminal);
  return orDeclined(terminal, async () => {
    const done = await changing(options, { command: "rollback", approve }, rollback);
    if (done.installed !== undefined) {
      await report({ ...done.installed, notes: done.notes }, options, terminal);
      return 0;
    }
    return ended(done, options, terminal);
  });
}

async function ended(
  done: RolledBack,
  { json, quiet }: RollbackOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { outcome, generation, from, notes } = done;
  if (!quiet) await warn(terminal, notes);
  if (json)
    await writeJson(terminal, {
      outcome,
      host: (generation ?? from)?.policy.host ?? null,
      digest: generation?.digest ?? null,
      previousDigest: from?.digest ?? null,
      warnings: notes.map(noteFacts),
    });
  if (outcome === "no-previous") {
    await failed(
      new BulkheadError("apply/no-previous", "no other policy was in force here before"),
      terminal,
    );
    return 1;
  }
  if (!json && !quiet) await terminal.out.write(endedText(done));
  return 0;
}

function endedText({ generation, from }: RolledBack): string {
  const gone =
    from === undefined ? "the policy on probation" : `policy ${shortDigest(from)}, which was on probation,`;
  const back =
    generation === undefined
      ? "nothing is enforced, as before it"
      : `policy ${shortDigest(generation)} is in force again`;
  return `${gone} is gone; ${back}\n`;
}
