/** What an auditor asks of one segment and a time: made when somebody wants it, to be kept as JSON or printed. */

import type { EvidenceView } from "@bulkhead/server/api/evidence-shapes.ts";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { addressOf, get, type Query } from "../api/client.ts";
import { useHosts } from "../api/queries.ts";
import { useAddressState } from "../parts/address-state.ts";
import { Fact } from "../parts/fact.tsx";
import { textOf } from "../parts/form-text.ts";
import { Failure, Page } from "../parts/page.tsx";
import { count, counted, span } from "../parts/words.ts";

const DAY_MILLISECONDS = 86_400_000;
const USUAL_DAYS = 30;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export default function EvidencePage() {
  const [
    { segment = "", from = dayOf(Date.now() - USUAL_DAYS * DAY_MILLISECONDS), to = dayOf(Date.now()) },
    change,
  ] = useAddressState();
  const [wanted, setWanted] = useState<Query | undefined>();
  const asked = questionOf(segment, from, to);
  const isAsked = wanted !== undefined && JSON.stringify(wanted) === JSON.stringify(asked);
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = { segment: textOf(form, "segment"), from: textOf(form, "from"), to: textOf(form, "to") };
    change(given);
    setWanted(questionOf(given.segment, given.from, given.to));
  };
  return (
    <Page title="Evidence">
      <p className="spaced">
        For one segment and a time: the versions in force, their authors and who approved them; the members,
        and how long each kernel was known to hold just what it should; flows by rule and verdict; alarms; who
        did what; and the gaps, so that an empty record and a missing one do not look alike. With a digest
        that the server’s authority signs.
      </p>
      <form className="filters spaced" onSubmit={ask} key={`${segment} ${from} ${to}`}>
        <label className="field">
          <span>Segment</span>
          <input name="segment" defaultValue={segment} list="segments" required placeholder="pci" />
        </label>
        <label className="field">
          <span>From (UTC)</span>
          <input name="from" type="date" defaultValue={from} required />
        </label>
        <label className="field">
          <span>To, that day too</span>
          <input name="to" type="date" defaultValue={to} required />
        </label>
        <button type="submit" className="button main">
          Make it
        </button>
        <SegmentNames />
      </form>
      {asked === undefined && segment !== "" && (
        <p className="notice doubt" role="alert">
          The time has to end after it begins.
        </p>
      )}
      {isAsked && asked !== undefined && (
        <Made
          asked={asked}
          name={`evidence-${segment}-${from}-${to}`}
          onCancel={() => setWanted(undefined)}
        />
      )}
    </Page>
  );
}

/** Those that hosts are in now; a segment of an older version can be written. */
function SegmentNames() {
  const names = new Set(useHosts().data?.flatMap(({ segments }) => segments));
  return (
    <datalist id="segments">
      {[...names].sort().map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}

/** In milliseconds, with the whole of the last day; undefined where it is no question. */
function questionOf(segment: string, from: string, to: string): Query | undefined {
  if (segment === "" || !DAY.test(from) || !DAY.test(to)) return undefined;
  const [begin, end] = [Date.parse(from), Date.parse(to) + DAY_MILLISECONDS - 1];
  return begin < end ? { segment, from: begin, to: end } : undefined;
}

function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

interface MadeProps {
  readonly asked: Query;
  /** Of a file that it is kept in, without an ending. */
  readonly name: string;
  readonly onCancel: () => void;
}

function Made({ asked, name, onCancel }: MadeProps) {
  const made = useQuery<EvidenceView, Error>({
    queryKey: ["evidence", asked],
    queryFn: ({ signal }) => get("evidence", asked, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (made.error !== null) return <Failure error={made.error} />;
  if (made.data === undefined)
    return (
      <div className="notice making">
        <p role="status">The server reads what it has kept of that time…</p>
        <progress aria-label="How far it is" />
        {/* Nobody looks on any more then, so the question is ended, and the server stops reading. */}
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    );
  const evidence = made.data;
  return (
    <section className="section" aria-label="The evidence">
      <Wholeness audit={evidence.audit} />
      <Contents evidence={evidence} />
      <p className="spaced buttons">
        <button type="button" className="button main" onClick={() => keep(evidence, `${name}.json`)}>
          Download as JSON
        </button>{" "}
        <a className="button" href={addressOf("evidence/page", asked)} target="_blank" rel="noopener">
          Open the page to print
        </a>
      </p>
      <p className="dim">
        <code>bulkhead evidence --check {name}.json</code> says whether a file is still what was made. The
        page is made when it is opened, so its digest is another.
      </p>
    </section>
  );
}

function Wholeness({ audit: { whole, entries, fault } }: { readonly audit: EvidenceView["audit"] }) {
  return (
    <div className={`notice spaced ${whole ? "good" : "bad"}`} role="status">
      <strong>
        {whole ? `The audit log is whole: ${count(entries)} entries.` : "The audit log was altered."}
      </strong>
      {fault !== null && <p>{fault.words}</p>}
    </div>
  );
}

function Contents({ evidence }: { readonly evidence: EvidenceView }) {
  const { policies, members, flows, alarms, actions, gaps, digest } = evidence;
  const sum = (key: "heldMilliseconds" | "memberMilliseconds") =>
    members.reduce((all, member) => all + member[key], 0);
  return (
    <dl className="facts spaced">
      <Fact name="In force">{counted(policies.length, "period of a version", "periods of versions")}</Fact>
      <Fact name="Members">
        {counted(members.length, "host")}
        {members.length > 0 &&
          `, ${span(Math.round(sum("memberMilliseconds") / 1_000))} in all; known to hold just what they should for ${span(Math.round(sum("heldMilliseconds") / 1_000))} of it`}
      </Fact>
      <Fact name="Flows">{counted(flows.length, "kind of flow", "kinds of flow")}</Fact>
      <Fact name="Alarms">{counted(alarms.length, "entry", "entries")}</Fact>
      <Fact name="Who did what">{counted(actions.length, "entry", "entries")}</Fact>
      <Fact name="Gaps">
        {gaps.length === 0
          ? "none"
          : counted(
              gaps.length,
              "time of which something is not known",
              "times of which something is not known",
            )}
      </Fact>
      <Fact name="Digest">
        <span className="mono facts-text">{digest}</span>
      </Fact>
    </dl>
  );
}

/** The very document that is looked at, as a file; its parts keep their order, which the digest is over. */
function keep(evidence: EvidenceView, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(
    new Blob([`${JSON.stringify(evidence, null, 2)}\n`], { type: "application/json" }),
  );
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
