import { ANY, ANY_HOST } from "../policy.ts";
import type { Problems } from "../text/problems.ts";
import { placeOf, quote } from "../text/tree.ts";
import { hintAt } from "./hint.ts";
import type { Known } from "./known.ts";
import type { TextNode } from "./values.ts";

/** Reports the end of a test or an invariant that the policy does not know, with the nearest name that it does. */
export function unknownEnd(
  text: TextNode,
  known: Known,
  {
    problems,
    code,
  }: {
    readonly problems: Problems;
    readonly code: "policy/unknown-test-end" | "policy/unknown-invariant-end";
  },
): void {
  if (!known.complete) return;
  const names = () => [...known.hosts.keys(), ...known.segments.keys(), ANY, ANY_HOST];
  const hint = hintAt(text.value, names, problems);
  problems.add(code, placeOf(text), `there is no host and no segment ${quote(text.value)}`, hint);
}
