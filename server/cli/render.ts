/** `render`: the ruleset that a host would load, as far as the policy alone decides it. */

import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { compile } from "@bulkhead/shared/nft/compile.ts";
import { NO_FACTS } from "@bulkhead/shared/nft/facts.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import { DEFAULT_MARK_MASK, type Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { digestOf } from "./digest.ts";
import { knownHost, loadPolicy } from "./load-policy.ts";

/** The lowest value under the mask, which is what an agent takes where nothing bears a stamp yet. */
const FIRST_STAMP: Stamp = { mask: DEFAULT_MARK_MASK, value: (DEFAULT_MARK_MASK & -DEFAULT_MARK_MASK) >>> 0 };

export async function renderHost(
  { path, host }: { path: readonly string[]; host: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const resolved = await loadPolicy(path, terminal);
  const policy = resolved.hostPolicy(knownHost(resolved, host));
  const digest = digestOf(policy);
  const ruleset = compile(policy, NO_FACTS, { stamp: FIRST_STAMP, log: { to: "kernel" }, digest });
  await terminal.out.write(render(ruleset));
  return 0;
}
