/** What an edge says, as colour, drawing and word. */

import { Icon, type IconName } from "../parts/icon.tsx";
import { VerdictMark } from "../parts/verdict.tsx";
import { CHANGE_WORDS, type Change, isChange, type Look } from "./look.ts";

const CHANGE_ICONS: Readonly<Record<Change, IconName>> = {
  breaks: "deny",
  "would-break": "would-deny",
  opens: "plus",
};

export function LookMark({ look }: { readonly look: Look }) {
  if (look === "as-before") return <span className="dim">as before</span>;
  if (!isChange(look)) return <VerdictMark verdict={look} />;
  return (
    <span className={`verdict change ${look}`}>
      <Icon name={CHANGE_ICONS[look]} />
      {CHANGE_WORDS[look]}
    </span>
  );
}
