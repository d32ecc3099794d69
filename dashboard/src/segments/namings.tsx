/** Rules, invariants and tests that name a segment. */

import type { Policy } from "@bulkhead/shared/policy/policy.ts";
import { useMemo } from "react";
import { Link } from "wouter";
import { addressOf } from "../parts/address-state.ts";
import { Empty } from "../parts/page.tsx";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { counted } from "../parts/words.ts";
import { generalRules, namingsOf } from "./membership.ts";
import { segmentPath } from "./segment-path.ts";

const WHAT_WORDS = { rule: "rule", test: "test", never: "invariant", always: "invariant" } as const;

export function Namings({
  segment,
  policy,
  active,
}: {
  readonly segment: string;
  readonly policy: Policy;
  readonly active: number | undefined;
}) {
  const namings = useMemo(() => namingsOf(policy, segment), [policy, segment]);
  const general = generalRules(policy, segment);
  return (
    <section className="section" aria-label="What names it">
      <h2>What names it</h2>
      {namings.length === 0 ? (
        <Empty title="No rule names it.">
          <p>
            Where its hosts enforce, all is denied that no rule allows.{" "}
            <Link href={addressOf("/suggestions", { segment })}>What was seen there may suggest some.</Link>
          </p>
        </Empty>
      ) : (
        <TableFrame label="What names the segment">
          <TableHead names={["What", "Name", "Says", "From", "To", "Place"]} />
          <tbody>
            {namings.map(({ what, name, says, from, to, place: { file, line }, note }) => (
              <tr key={`${what} ${file}:${line} ${says}`}>
                <td>{WHAT_WORDS[what]}</td>
                <td>
                  {name === `${file}:${line}` ? <span className="dim">–</span> : name}
                  {note !== "" && <small className="why">{note}</small>}
                </td>
                <td className="mono">{says}</td>
                <td>
                  <Ends names={from} policy={policy} own={segment} />
                </td>
                <td>
                  <Ends names={to} policy={policy} own={segment} />
                </td>
                <td className="nowrap">
                  <Link className="mono" href={addressOf(`/policy/${active}`, { file, line: String(line) })}>
                    {file}:{line}
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
      {general > 0 && (
        <p className="dim spaced-above">
          {counted(general, "more rule")} {general === 1 ? "is" : "are"} for <code>any</code> or{" "}
          <code>any-host</code>, and so for it as well.{" "}
          <Link href={addressOf("/explain", { from: "any", to: segment })}>Who may reach it</Link>
        </p>
      )}
    </section>
  );
}

function Ends({
  names,
  policy,
  own,
}: {
  readonly names: readonly string[];
  readonly policy: Policy;
  readonly own: string;
}) {
  return names.map((name, at) => (
    <span key={name}>
      {at > 0 && ", "}
      {name === own ? (
        <b>{name}</b>
      ) : policy.segments.has(name) ? (
        <Link href={segmentPath(name)}>{name}</Link>
      ) : (
        name
      )}
    </span>
  ));
}
