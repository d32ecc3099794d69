import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { LogTarget } from "@bulkhead/shared/nft/ruleset.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { apply } from "../../apply/apply.ts";
import { effectsOf } from "../../apply/effects.ts";
import type { Installed } from "../../apply/order.ts";
import { realKernel } from "../../kernel/real.ts";
import { hostPolicy } from "../host-policy.ts";
import { noteFacts, warn, writeJson } from "../report.ts";
import { type ChangeOptions, changing } from "../session.ts";
import { installedFacts, installedText } from "../words/applied.ts";
import { approval, orDeclined } from "./approval.ts";

export interface ApplyOptions extends ChangeOptions {
  readonly path: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
  readonly log: LogTarget | undefined;
  readonly "ct-mark-mask": number | undefined;
  readonly "confirm-within": number | undefined;
}

export async function applyPolicy(options: ApplyOptions, terminal: Terminal): Promise<ExitCode> {
  const { path, as, quiet, log, "ct-mark-mask": mask, "confirm-within": confirmWithinSeconds } = options;
  const { policy, notes } = await hostPolicy(
    { path, as, quiet, stateDirectory: options["state-dir"] },
    realKernel().host,
    terminal,
  );
  const wish = {
    policy,
    ...(log !== undefined && { log }),
    ...(mask !== undefined && { mask }),
    ...(confirmWithinSeconds !== undefined && { confirmWithinSeconds }),
  };
  // What comes back by itself needs no question.
  const approve = approval(options.yes || confirmWithinSeconds !== undefined, terminal);
  return orDeclined(terminal, async () => {
    const installed = await changing(options, { command: "apply", approve }, (agent) => apply(wish, agent));
    await report({ ...installed, notes: [...notes, ...installed.notes] }, options, terminal);
    return 0;
  });
}

/** What was done, as facts or for people; warnings unless quiet. */
export async function report(
  installed: Installed,
  { json, quiet }: { readonly json: boolean; readonly quiet: boolean },
  terminal: Terminal,
): Promise<void> {
  const { generation, from } = installed;
  const missing = generation.missing.map((words) => new BulkheadError("apply/not-resolved", words));
  const notes = [...installed.notes, ...missing];
  if (!quiet) await warn(terminal, notes);
  const effects = effectsOf(from, generation, Date.now());
  if (json)
    await writeJson(terminal, { ...installedFacts(installed, effects), warnings: notes.map(noteFacts) });
  else if (!quiet) await terminal.out.write(installedText(installed, effects, terminal.out.paint));
}
