import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { failed } from "@bulkhead/terminal/failure.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type Confirmed, confirm } from "../../apply/confirm.ts";
import { noteFacts, warn, writeJson } from "../report.ts";
import { type ChangeOptions, changing } from "../session.ts";
import { shortDigest, stampText } from "../words/generation.ts";

export interface ConfirmOptions extends ChangeOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function confirmPolicy(options: ConfirmOptions, terminal: Terminal): Promise<ExitCode> {
  const confirmed = await changing(options, { command: "confirm" }, confirm);
  const { outcome, generation, notes } = confirmed;
  if (!options.quiet) await warn(terminal, notes);
  if (options.json)
    await writeJson(terminal, {
      outcome,
      host: generation?.policy.host ?? null,
      digest: generation?.digest ?? null,
      stamp: generation === undefined ? null : stampText(generation.stamp),
      warnings: notes.map(noteFacts),
    });
  else if (!options.quiet && outcome === "confirmed") await terminal.out.write(confirmedText(confirmed));
  if (outcome === "confirmed") return 0;
  await failed(refusal(outcome), terminal);
  return 1;
}

function confirmedText({ generation }: Confirmed): string {
  return generation === undefined
    ? ""
    : `${generation.policy.host}: policy ${shortDigest(generation)} is confirmed and stays in force\n`;
}

function refusal(outcome: "lapsed" | "not-on-probation"): BulkheadError {
  return outcome === "lapsed"
    ? new BulkheadError(
        "apply/probation-lapsed",
        "too late: the time to confirm is over, and the policy before is back",
      )
    : new BulkheadError("apply/not-on-probation", "no policy is on probation");
}
