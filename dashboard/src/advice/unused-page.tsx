/** What of the active policy nothing has used, as far as that is known. */

import type { UnusedLine, UnusedView } from "@bulkhead/server/api/advice-shapes.ts";
import { Link } from "wouter";
import { useAddressState } from "../parts/address-state.ts";
import { Making } from "../parts/making.tsx";
import { Empty, Page } from "../parts/page.tsx";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Moment } from "../parts/time.tsx";
import { count } from "../parts/words.ts";
import { type Past, PastChoice, pastNamed } from "./past.tsx";
import { useAdvice } from "./use-advice.ts";
import "./advice.css";

type Unused = Extract<UnusedLine, { kind: "unused" }>;
type Known = UnusedView["rules"][number]["known"];

export default function UnusedPage() {
  const [{ window }, change] = useAddressState();
  const past = pastNamed(window, "30d");
  const advice = useAdvice<Unused>("unused", { window: past.value, since: Date.now() - past.milliseconds });
  return (
    <Page title="Unused">
      <search className="filters spaced">
        <PastChoice value={past.value} onChange={(value: Past) => change({ window: value })} />
      </search>
      <Making of={advice} />
      {advice.end !== undefined && <Shown said={advice.end} />}
    </Page>
  );
}

interface Row {
  readonly what: string;
  readonly name: string;
  readonly href: string | undefined;
  readonly known: Known;
}

function Shown({ said: { unused, active, flows } }: { readonly said: Unused }) {
  const rows = rowsOf(unused, active);
  return (
    <>
      <p className="spaced">
        {count(unused.used.rules)} of {count(unused.used.ofRules)} rules of{" "}
        <Link href={`/policy/${active}`}>version {active}</Link> were used since <Moment at={flows.since} />.
      </p>
      {rows.length === 0 ? (
        <Empty title="Everything was used.">
          <p>
            Rules, segments, their members and services: each had its part in something that was recorded.
          </p>
        </Empty>
      ) : (
        <TableFrame label="What nothing has used">
          <TableHead names={["What", "Name", "Since", "Why"]} />
          <tbody>
            {rows.map(({ what, name, href, known }) => (
              <tr key={`${what} ${name}`}>
                <td>{what}</td>
                <td>{href === undefined ? name : <Link href={href}>{name}</Link>}</td>
                <td className="nowrap">
                  {known.kind === "unused" ? (
                    <Moment at={known.since} />
                  ) : (
                    <span className="dim">{known.kind === "not-known" ? "not known" : "never"}</span>
                  )}
                </td>
                <td>{known.why}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
      {unused.moreMembers > 0 && <p className="dim">and {count(unused.moreMembers)} more members</p>}
    </>
  );
}

/** What is known to be unused first. */
function rowsOf({ rules, segments, members, services }: UnusedView, active: number): readonly Row[] {
  const at = ({ file, line }: { readonly file: string; readonly line: number }) =>
    `/policy/${active}?file=${encodeURIComponent(file)}&line=${line}`;
  const rows = [
    ...rules.map(({ name, place, known }) => ({ what: "rule", name, href: at(place), known })),
    ...segments.map(({ name, place, known }) => ({ what: "segment", name, href: at(place), known })),
    ...services.map(({ name, place, known }) => ({ what: "service", name, href: at(place), known })),
    ...members.map(({ segment, member, kind, known }) => ({
      what: `member of ${segment}`,
      name: member,
      href: kind === "host" ? `/hosts/${encodeURIComponent(member)}` : undefined,
      known,
    })),
  ];
  const order = { unused: 0, "not-named": 1, "not-known": 2 } as const;
  return rows.toSorted((a, b) => order[a.known.kind] - order[b.known.kind]);
}
