/** Which hosts another mode of a segment concerns, in sentences. */

import type { Mode } from "@bulkhead/shared/policy/policy.ts";
import { Link } from "wouter";
import { ModeMark, modeWords } from "../parts/mode.tsx";
import { counted } from "../parts/words.ts";
import type { AskedChange, ModeAsked, ModeChange } from "./mode-change.ts";

const SHOWN = 12;

const MEANS: Readonly<Record<Mode, string>> = {
  enforce: "What no rule allows is stopped there, open sessions too.",
  observe: "Nothing is stopped there any more; what would be denied is recorded as that.",
  off: "Nothing is stopped there any more, and nothing is recorded as would be denied.",
};

export function ChangeWords({
  name,
  asked,
  change,
}: {
  readonly name: string;
  readonly asked: ModeAsked;
  readonly change: AskedChange;
}) {
  if (change.kind === "same")
    return (
      <p className="notice good">
        <b>{name}</b> says <b>{asked.mode}</b> already{asked.direction && ` for ${asked.direction}`}: nothing
        would change.
      </p>
    );
  if (change.kind === "problem")
    return (
      <p className="notice bad" role="alert">
        {change.words}. It can be changed in the <Link href="/policy/edit">text of the policy</Link>.
      </p>
    );
  const { moved, kept } = change;
  return (
    <>
      <p>
        {moved.length === 0
          ? `No host would have another mode, of ${counted(kept.length, "member")}.`
          : `${counted(moved.length, "host")} of ${counted(moved.length + kept.length, "member")} would have another mode. ${MEANS[asked.mode]}`}
      </p>
      <Moved moved={moved} />
      <Kept kept={kept} />
    </>
  );
}

function Moved({ moved }: Pick<ModeChange, "moved">) {
  if (moved.length === 0) return null;
  return (
    <ul className="affected">
      {moved.slice(0, SHOWN).map(({ name, before, after }) => (
        <li key={name}>
          <Link href={`/hosts/${encodeURIComponent(name)}`}>{name}</Link> {modeWords(before)} →{" "}
          <ModeMark modes={after} />
        </li>
      ))}
      {moved.length > SHOWN && <li className="dim">and {moved.length - SHOWN} more</li>}
    </ul>
  );
}

function Kept({ kept }: Pick<ModeChange, "kept">) {
  if (kept.length === 0) return null;
  const by = [...new Set(kept.flatMap((one) => one.by))].sort();
  const names = kept.slice(0, SHOWN).map(({ name }) => name);
  return (
    <p className="dim">
      {names.join(", ")}
      {kept.length > SHOWN && ` and ${kept.length - SHOWN} more`} {kept.length === 1 ? "stays" : "stay"} as{" "}
      {kept.length === 1 ? "it is" : "they are"}:{" "}
      {by.length === 0
        ? "so already, by this or another segment."
        : `of several segments the strictest counts, here ${by.join(", ")}.`}
    </p>
  );
}
