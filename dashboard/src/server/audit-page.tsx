/** Everything that anyone did, and whether the record of it is whole. */

import type { AuditEntry, AuditVerification } from "@bulkhead/server/api/audit-shapes.ts";
import { useState } from "react";
import { addressOf } from "../api/client.ts";
import { useAudit, useVerification } from "../api/queries.ts";
import { FilterField } from "../flows/filter-bar.tsx";
import { useAddressState } from "../parts/address-state.ts";
import { Empty, Failure, Loaded, Page } from "../parts/page.tsx";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Moment } from "../parts/time.tsx";
import { count } from "../parts/words.ts";
import { EventAbout } from "./event-about.tsx";
import { Facts } from "./facts.tsx";

const HASH_SHOWN = 12;

export default function AuditPage() {
  const [{ who = "", about = "", kind = "" }, change] = useAddressState();
  const filter = Object.fromEntries(Object.entries({ who, about, kind }).filter(([, value]) => value !== ""));
  const audit = useAudit(filter);
  const entries = audit.data?.pages.flatMap((page) => page.entries);
  return (
    <Page
      title="Audit log"
      aside={
        <a className="button" href={addressOf("audit/export", filter)} download="audit.ndjson">
          Download
        </a>
      }
    >
      <Verification />
      <search className="filters spaced">
        <FilterField name="Who" example="anna" value={who} onChange={(value) => change({ who: value })} />
        <FilterField
          name="About"
          example="a host, a version"
          value={about}
          onChange={(value) => change({ about: value })}
        />
        <FilterField
          name="Kind"
          example="policy-provisioned"
          value={kind}
          onChange={(value) => change({ kind: value })}
        />
      </search>
      <Loaded query={{ data: entries, error: audit.error }} what="the audit log">
        {(all) =>
          all.length === 0 ? (
            <Empty title="No entry is like that.">
              <p>Each entry has the words as `bulkhead audit list` prints them: whole names, whole kinds.</p>
            </Empty>
          ) : (
            <Entries entries={all} />
          )
        }
      </Loaded>
      {audit.hasNextPage && (
        <button type="button" className="button" onClick={() => void audit.fetchNextPage()}>
          Older ones
        </button>
      )}
    </Page>
  );
}

function Entries({ entries }: { readonly entries: readonly AuditEntry[] }) {
  return (
    <TableFrame label="Audit log">
      <TableHead names={["Number", "When", "Who", "From", "What", "About", "Facts"]} />
      <tbody>
        {entries.map((entry) => (
          <Entry key={entry.number} entry={entry} />
        ))}
      </tbody>
    </TableFrame>
  );
}

function Entry({ entry }: { readonly entry: AuditEntry }) {
  const { number, at, who, credential, address, kind, facts, hash } = entry;
  return (
    <tr>
      <td>
        {number}
        <small className="mono dim below" title={hash}>
          {hash.slice(0, HASH_SHOWN)}
        </small>
      </td>
      <td className="dim nowrap">
        <Moment at={at} />
      </td>
      <td>{who}</td>
      <td className="dim">{[credential, address].filter((one) => one !== null).join(", ")}</td>
      <td className="nowrap">{kind.replaceAll("-", " ")}</td>
      <td>
        <EventAbout event={entry} />
      </td>
      <td>
        <Facts facts={facts} />
      </td>
    </tr>
  );
}

function Verification() {
  const [isWanted, setWanted] = useState(false);
  const verification = useVerification(isWanted);
  if (verification.data !== undefined) return <Verdict found={verification.data} />;
  if (verification.error !== null) return <Failure error={verification.error} />;
  return (
    <div className="notice spaced">
      <p role="status">
        {isWanted
          ? "Every entry is read and its hash computed…"
          : "Each entry’s hash covers the one before it: what was altered, left out or cut off shows."}
      </p>
      {!isWanted && (
        <button type="button" className="button" onClick={() => setWanted(true)}>
          Verify the log
        </button>
      )}
    </div>
  );
}

function Verdict({ found: { whole, entries, head, fault, faults } }: { readonly found: AuditVerification }) {
  return (
    <div className={`notice spaced ${whole ? "good" : "bad"}`} role="status">
      <strong>
        {whole
          ? `The log is whole: ${count(entries)} entries.`
          : `The log was altered: ${count(faults)} places are wrong, the first at entry ${fault?.number ?? "?"}.`}
      </strong>
      {fault !== null && <p>{fault.words}</p>}
      {head !== null && (
        <p>
          Keep its head elsewhere (<code>bulkhead audit verify --head</code>):{" "}
          <span className="mono facts-text">
            {head.number}:{head.hash}
          </span>
        </p>
      )}
    </div>
  );
}
