import type { AlertView } from "@bulkhead/server/api/alert-shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { send } from "../api/client.ts";
import { FormDialog } from "../parts/form-dialog.tsx";
import { textOf } from "../parts/form-text.ts";
import { Prose } from "../parts/prose.tsx";
import { useMay } from "../parts/role.ts";
import { Ago, Moment } from "../parts/time.tsx";
import { counted } from "../parts/words.ts";
import { linksOf } from "./alert-links.ts";
import { stateOf } from "./alert-order.ts";
import { SeverityMark } from "./severity.tsx";

const LOOKS: Readonly<Record<AlertView["severity"], string>> = {
  critical: "critical",
  warning: "doubt",
  notice: "",
};

export function AlertCard({ alert }: { readonly alert: AlertView }) {
  const { severity, title, words, remedy, acknowledged, resolvedAt, openedAt, lastAt, count } = alert;
  const state = stateOf(alert);
  return (
    <li className={`alert ${state} ${state === "open" ? LOOKS[severity] : ""}`}>
      <header>
        <SeverityMark severity={severity} />
        <h2>{words}</h2>
        <p className="alert-when">
          <Ago at={openedAt} />
        </p>
      </header>
      <p className="dim">
        {title}; seen {counted(count, "time")}
        {count > 1 && (
          <>
            , last <Moment at={lastAt} />
          </>
        )}
        {resolvedAt !== null && (
          <>
            ; over since <Moment at={resolvedAt} />
          </>
        )}
      </p>
      {state !== "over" && remedy !== "" && (
        <p>
          <Prose text={remedy} />
        </p>
      )}
      {acknowledged !== null && (
        <p className="acknowledged">
          <b>✓ {acknowledged.by}</b> has seen it <Moment at={acknowledged.at} />
          {acknowledged.note !== "" && <>: {acknowledged.note}</>}
        </p>
      )}
      <footer>
        {linksOf(alert).map(({ words, href }) => (
          <Link key={href} href={href}>
            {words}
          </Link>
        ))}
        {state === "open" && <Acknowledge alert={alert} />}
      </footer>
    </li>
  );
}

function Acknowledge({ alert: { id, words } }: { readonly alert: AlertView }) {
  const may = useMay("editor");
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  if (!may) return null;
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Acknowledge
      </button>
      {isOpen && (
        <FormDialog
          title="Acknowledge this alert"
          confirm="I have seen it"
          onClose={() => setOpen(false)}
          submit={async (form) => {
            await send("POST", `alerts/${id}/acknowledge`, { note: textOf(form, "note") });
            await client.invalidateQueries({ queryKey: ["alerts"] });
            setOpen(false);
          }}
        >
          <p>
            <b>{words}.</b> It stays open until its cause is over; nobody is told of it again before.
          </p>
          <label>
            <span>What you know of it</span>
            <input name="note" maxLength={1_000} placeholder="our own scanner" />
            <small>Others read it beside the alert. It may be left empty.</small>
          </label>
        </FormDialog>
      )}
    </>
  );
}
