import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { LogTarget } from "@bulkhead/shared/nft/ruleset.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { plan } from "../../apply/plan.ts";
import { realKernel } from "../../kernel/real.ts";
import { hostPolicy } from "../host-policy.ts";
import { warn, writeJson } from "../report.ts";
import { looking, type SessionOptions } from "../session.ts";
import { planFacts, planText } from "../words/plan.ts";

export interface PlanOptions extends SessionOptions {
  readonly path: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly log: LogTarget | undefined;
  readonly "ct-mark-mask": number | undefined;
  readonly "exit-code": boolean;
}

export async function showPlan(options: PlanOptions, terminal: Terminal): Promise<ExitCode> {
  const { path, as, log, "ct-mark-mask": mask } = options;
  const { policy, notes } = await hostPolicy(
    { path, as, quiet: options.quiet, stateDirectory: options["state-dir"] },
    realKernel().host,
    terminal,
  );
  const wish = { policy, ...(log !== undefined && { log }), ...(mask !== undefined && { mask }) };
  const found = await looking({ ...options, as: undefined }, (situation, agent) =>
    plan(wish, situation, agent),
  );
  const all = { ...found, notes: [...notes, ...found.notes] };
  if (!options.quiet) await warn(terminal, all.notes);
  if (options.json) await writeJson(terminal, planFacts(all));
  else if (!options.quiet) await terminal.out.write(planText(all, terminal.out.paint));
  return options["exit-code"] && all.wouldChange ? 1 : 0;
}
