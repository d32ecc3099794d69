/** A second person's word on a version, where the server asks for one. */

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "../api/client.ts";
import { useMe, useVersion } from "../api/queries.ts";
import { Asked } from "../parts/asked.tsx";
import { FormDialog } from "../parts/form-dialog.tsx";
import { textOf } from "../parts/form-text.ts";
import { useMay } from "../parts/role.ts";
import { Moment } from "../parts/time.tsx";
import { counted } from "../parts/words.ts";

export function Approvals({ number }: { readonly number: number }) {
  const version = useVersion(number).data;
  const me = useMe().data;
  const may = useMay("approver");
  const client = useQueryClient();
  if (version === undefined || (version.approvals.needed === 0 && version.approvedBy.length === 0))
    return null;
  const { needed, given } = version.approvals;
  const isMine = version.authorAccount === me?.name;
  const own = version.approvedBy.find(({ by }) => by === me?.name);
  return (
    <section className="section approvals" aria-label="Approvals">
      <p>
        <span className={`sync ${given >= needed ? "good" : "doubt"}`}>
          {given >= needed ? "✓" : "○"} {given} of {counted(needed, "approval")}
        </span>{" "}
        {given < needed && "are there: until then it cannot be made active."}
      </p>
      {version.approvedBy.length > 0 && (
        <ul className="plain">
          {version.approvedBy.map(({ by, at, note, invalid, doubts }) => (
            <li key={by}>
              <b>{by}</b> <Moment at={at} />
              {note !== "" && <>: {note}</>}
              {invalid !== null && <span className="dim"> · does not count: {invalid}</span>}
              {doubts.length > 0 && <span className="dim"> · {doubts.join("; ")}</span>}
            </li>
          ))}
        </ul>
      )}
      {may && me?.kind === "session" && !isMine && own === undefined && <Approve number={number} />}
      {may && isMine && given < needed && (
        <p className="dim">It is yours: somebody else has to approve it.</p>
      )}
      {own !== undefined && (
        <Asked
          label="Take my approval back"
          title={`Take back the approval of version ${number}`}
          confirm="Take it back"
          act={async () => {
            await send("DELETE", `policies/${number}/approval`);
            await client.invalidateQueries({ queryKey: ["policies"] });
          }}
        >
          <p>No host is changed. The version may lack an approval then, and cannot be made active.</p>
        </Asked>
      )}
    </section>
  );
}

function Approve({ number }: { readonly number: number }) {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button main" onClick={() => setOpen(true)}>
        Approve
      </button>
      {isOpen && (
        <FormDialog
          title={`Approve version ${number}`}
          confirm="Approve it"
          onClose={() => setOpen(false)}
          submit={async (form) => {
            await send("POST", `policies/${number}/approval`, { note: textOf(form, "note") });
            await client.invalidateQueries({ queryKey: ["policies"] });
          }}
        >
          <p>Your name stands beside it, in the audit log as well. No host is changed by it.</p>
          <label>
            <span>What you have looked at</span>
            <input name="note" maxLength={4_096} />
          </label>
        </FormDialog>
      )}
    </>
  );
}
