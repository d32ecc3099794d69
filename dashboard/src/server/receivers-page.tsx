/** Other systems that are told of alerts, events and flows: how far each was told, and what keeps it from being told more. */

import type { ReceiverView } from "@bulkhead/server/api/receiver-shapes.ts";
import { useReceivers } from "../api/queries.ts";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Ago, Moment } from "../parts/time.tsx";
import { count, counted } from "../parts/words.ts";
import { ReceiverActions } from "./receiver-actions.tsx";

export default function ReceiversPage() {
  return (
    <Page title="Receivers">
      <Loaded query={useReceivers()} what="receivers">
        {(all) =>
          all.length === 0 ? (
            <Empty title="Nobody else is told of anything.">
              <p>
                Webhooks, syslog, OpenTelemetry and commands are added on the command line, where their
                secrets come from files:{" "}
                <code>
                  bulkhead receiver add pager --kind webhook --to https://pager.example/hook --severity
                  critical --secret-file pager.key
                </code>
              </p>
            </Empty>
          ) : (
            <>
              <p className="spaced dim">
                Added and changed on the command line, where secrets come from files:{" "}
                <code>bulkhead receiver add --help</code>.
              </p>
              <Receivers all={all} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Receivers({ all }: { readonly all: readonly ReceiverView[] }) {
  return (
    <TableFrame label="Receivers">
      <TableHead names={["Name", "State", "To", "Told of", "How far", "Missed", ""]} />
      <tbody>
        {all.map((receiver) => (
          <tr key={receiver.name}>
            <td>
              <strong>{receiver.name}</strong>
              <small className="why">
                by {receiver.createdBy}, <Moment at={receiver.createdAt} />
              </small>
            </td>
            <td>
              <State receiver={receiver} />
            </td>
            <td>
              {receiver.target.kind} <span className="mono facts-text">{placeOf(receiver.target)}</span>
            </td>
            <td>
              {receiver.what.join(", ")}
              <small className="why">{choiceWords(receiver.choice)}</small>
            </td>
            <td>
              <HowFar receiver={receiver} />
            </td>
            <td>{missedWords(receiver)}</td>
            <td className="nowrap">
              <ReceiverActions receiver={receiver} />
            </td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

const STATES: Readonly<Record<ReceiverView["state"], { readonly look: string; readonly words: string }>> = {
  delivering: { look: "good", words: "● delivering" },
  failing: { look: "bad", words: "✕ failing" },
  paused: { look: "doubt", words: "‖ paused" },
};

function State({ receiver: { state, failingSince, pausedAt, why } }: { readonly receiver: ReceiverView }) {
  const { look, words } = STATES[state];
  const since = state === "paused" ? pausedAt : failingSince;
  return (
    <>
      <span className={`sync ${look}`}>{words}</span>
      {since !== null && (
        <small className="why">
          since <Moment at={since} />
        </small>
      )}
      {why !== null && <small className="why">{why}</small>}
    </>
  );
}

function HowFar({ receiver }: { readonly receiver: ReceiverView }) {
  const { told, toldAt, what, eventsBehind, flowsUntil } = receiver;
  const hearsEvents = what.some((one) => one !== "flows");
  return (
    <>
      {count(told)} told
      {toldAt !== null && (
        <>
          , last <Ago at={toldAt} />
        </>
      )}
      {hearsEvents && (
        <small className="why">
          {eventsBehind === 0 ? "no event behind" : `${counted(eventsBehind, "event")} behind`}
        </small>
      )}
      {flowsUntil !== null && flowsUntil > 0 && (
        <small className="why">
          flows until <Moment at={flowsUntil} />
        </small>
      )}
    </>
  );
}

/** Where it is, as somebody would look for it; not its headers, nor what an address asks. */
function placeOf(target: ReceiverView["target"]): string {
  if (target.kind === "webhook" || target.kind === "otlp") return new URL(target.url).origin;
  if (target.kind === "command") return target.command;
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  return `${target.transport}://${host}:${target.port}`;
}

function choiceWords({ severity, kinds, verdicts, segments }: ReceiverView["choice"]): string {
  return [
    severity && `alerts: ${severity} or worse`,
    kinds && `kinds: ${kinds.join(", ")}`,
    verdicts && `flows: ${verdicts.join(", ")}`,
    segments && `segments: ${segments.join(", ")}`,
  ]
    .filter(Boolean)
    .join("; ");
}

function missedWords({ refused, missedEvents, missedRecords }: ReceiverView): string {
  return [
    refused > 0 && `${count(refused)} refused`,
    missedEvents > 0 && `${counted(missedEvents, "event")} removed before`,
    missedRecords > 0 && `${counted(missedRecords, "record")} of flows removed before`,
  ]
    .filter(Boolean)
    .join(", ");
}
