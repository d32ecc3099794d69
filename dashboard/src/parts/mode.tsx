/** What is done with what no rule allows, as a drawing and a word. */

import "./mode.css";

interface ModesTold {
  readonly ingress: string;
  readonly egress: string;
}

const SIGNS: Readonly<Record<string, string>> = { enforce: "■", observe: "□", off: "–" };

/** `enforce`, or both where they differ. */
export function modeWords(modes: ModesTold | null): string {
  if (modes === null) return "–";
  const { ingress, egress } = modes;
  return ingress === egress ? ingress : `in ${ingress}, out ${egress}`;
}

/** The same, each of the two modes with its sign. */
export function ModeMark({ modes: { ingress, egress } }: { readonly modes: ModesTold }) {
  if (ingress === egress) return <Mode mode={ingress} />;
  return (
    <>
      <Mode mode={ingress} of="in" /> <Mode mode={egress} of="out" />
    </>
  );
}

function Mode({ mode, of }: { readonly mode: string; readonly of?: string }) {
  return (
    <span className={`mode ${mode}`}>
      <span aria-hidden="true">{SIGNS[mode] ?? "?"}</span> {of} {mode}
    </span>
  );
}
