/** A verdict: colour, drawing and word, so that none of them has to say it alone. */

import type { FlowView } from "@bulkhead/server/api/flow-shapes.ts";
import { Icon } from "./icon.tsx";

export type Verdict = FlowView["verdict"];

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  allow: "allowed",
  "would-deny": "would be denied",
  deny: "denied",
};

export function VerdictMark({ verdict }: { readonly verdict: Verdict }) {
  return (
    <span className={`verdict ${verdict}`}>
      <Icon name={verdict} />
      {VERDICT_WORDS[verdict]}
    </span>
  );
}
