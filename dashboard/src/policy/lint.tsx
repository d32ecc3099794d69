/** What is doubtful in a version: warnings with their places, or that there are none and what was looked for. */

import { PASTS, type Past, PastChoice, pastNamed } from "../advice/past.tsx";
import { Making } from "../parts/making.tsx";
import { Empty } from "../parts/page.tsx";
import { Moment } from "../parts/time.tsx";
import { counted } from "../parts/words.ts";
import { ProblemList } from "./problem-list.tsx";
import { type LintEnd, useLint } from "./use-lint.ts";

const USUAL: Past = "30d";

export function Lint({
  version,
  window,
  onWindow,
}: {
  readonly version: number;
  readonly window: string | undefined;
  readonly onWindow: (window: string) => void;
}) {
  const known = PASTS.some(({ value }) => value === window);
  const past = pastNamed(known ? window : USUAL, USUAL);
  const lint = useLint(version, past);
  return (
    <>
      <search className="filters spaced">
        <PastChoice value={past.value} onChange={onWindow} />
      </search>
      <Making of={lint} />
      {lint.end !== undefined && <Linted end={lint.end} version={version} />}
    </>
  );
}

function Linted({ end, version }: { readonly end: LintEnd; readonly version: number }) {
  if (end.kind === "invalid")
    return (
      <div className="notice bad" role="alert">
        <strong>This version can no longer be read.</strong>
        <ProblemList problems={end.problems} version={version} />
      </div>
    );
  const { problems, flows } = end;
  if (problems.length === 0)
    return (
      <Empty title="Nothing is doubtful.">
        <p>
          On the hosts that there are, no rule is shadowed by a denial, says what others say already, or
          matches nothing; none has expired; no segment that rules lead to only observes; and none allows far
          more than was recorded since <Moment at={flows.since} />.
        </p>
      </Empty>
    );
  return (
    <section className="section" aria-label="What is doubtful">
      <h2>
        {counted(problems.length, "thing")} {problems.length === 1 ? "is" : "are"} doubtful
      </h2>
      <p className="dim">
        On the hosts that there are, and against {counted(flows.records, "record")} since{" "}
        <Moment at={flows.since} />. Nothing of it keeps a version from being made active.
      </p>
      <ProblemList problems={problems} version={version} />
    </section>
  );
}
