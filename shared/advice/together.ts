/** The active policy with what is suggested, and which of the suggested rules would let a conversation through. */

import { parsePolicy } from "../policy/parse.ts";
import { formatProblem } from "../policy/problem.ts";
import { evaluate } from "../rules/evaluate.ts";
import { AS_SAID } from "../rules/judge.ts";
import { resolvePolicy } from "../rules/resolve.ts";
import { buildInventory } from "../segments/inventory.ts";
import type { Conversation } from "./conversation.ts";
import { type Suggested, suggestedPolicy } from "./estate-suggestion-text.ts";
import { isSpokenOf } from "./gathering.ts";
import type { SuggestionRequest } from "./suggestion-request.ts";

/** No file that somebody wrote has this name. */
const FILE = "(suggested).yaml";

/** Undefined for a conversation that would not be let through. Throws a RangeError where the text is no policy beside the active one, which is a defect. */
export function together(
  suggested: Suggested,
  { resolved, files, server }: Pick<SuggestionRequest, "resolved" | "files" | "server">,
): (conversation: Conversation) => string | undefined {
  if (suggested.rules.length === 0) return () => undefined;
  const text = suggestedPolicy(suggested);
  const { policy, problems } = parsePolicy([...files, { name: FILE, text }]);
  if (policy === undefined)
    throw new RangeError(
      `what was suggested is no policy: ${problems.map(formatProblem).slice(0, 3).join("; ")}`,
    );
  const { now } = resolved;
  const whole = { ...policy, hosts: resolved.policy.hosts };
  const next = resolvePolicy(whole, buildInventory(whole), now === undefined ? {} : { now });
  const known = new Map<Conversation, string | undefined>();
  const ruleFor = ({ sample }: Conversation) => {
    const evaluation = evaluate(next, sample, AS_SAID);
    const { egress, ingress, verdict } = evaluation;
    if (verdict !== "allow" || !isSpokenOf(evaluation, sample, server)) return undefined;
    return [egress, ingress].find((one) => one?.rule?.file === FILE)?.rule?.name;
  };
  return (conversation) => known.getOrInsertComputed(conversation, ruleFor);
}
