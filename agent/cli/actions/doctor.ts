import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { DEFAULT_MARK_MASK } from "@bulkhead/shared/nft/ruleset.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { status } from "../../apply/status.ts";
import { diagnose } from "../../doctor/diagnose.ts";
import { gather } from "../../doctor/gather.ts";
import { warn, writeJson } from "../report.ts";
import { looking, type SessionOptions } from "../session.ts";
import { diagnosisText } from "../words/diagnosis.ts";

export interface DoctorOptions extends SessionOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function examine(options: DoctorOptions, terminal: Terminal): Promise<ExitCode> {
  const { diagnosis, notes } = await looking(options, async (situation, agent) => {
    const inForce = situation.trial?.generation ?? situation.held;
    const { kernel: ours, notes } = status(situation, agent);
    const known = { ours, policy: inForce?.policy, mask: inForce?.stamp.mask ?? DEFAULT_MARK_MASK };
    return { diagnosis: diagnose(await gather(agent.kernel, known)), notes };
  });
  if (!options.quiet) await warn(terminal, notes);
  if (options.json) await writeJson(terminal, { ...diagnosis });
  else if (!options.quiet) await terminal.out.write(diagnosisText(diagnosis, terminal.out.paint));
  return diagnosis.findings.every(({ severity }) => severity === "info") ? 0 : 1;
}
