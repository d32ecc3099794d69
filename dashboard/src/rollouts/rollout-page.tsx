/** One rollout, live: its waves, how each host is, what was found, and what can be done. */

import type { RolloutDetails } from "@bulkhead/server/api/rollout-shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "wouter";
import { send } from "../api/client.ts";
import { useRollout } from "../api/queries.ts";
import { Asked } from "../parts/asked.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { Ago, Moment } from "../parts/time.tsx";
import { counted } from "../parts/words.ts";
import { RolloutState } from "./rollout-state.tsx";
import "../parts/entries.css";
import "./rollouts.css";

export default function RolloutPage() {
  const number = Number(useParams().number);
  const rollout = useRollout(number);
  return (
    <Page
      title={`Rollout ${number}`}
      under={{ path: "/rollouts", name: "Rollouts" }}
      aside={rollout.data !== undefined && <Actions rollout={rollout.data} />}
    >
      <Loaded query={rollout} what="the rollout">
        {(found) => <Shown rollout={found} />}
      </Loaded>
    </Page>
  );
}

function Shown({ rollout }: { readonly rollout: RolloutDetails }) {
  const { version, base, by, state, why, startedAt, waitingFor, nextAt, waves, wave } = rollout;
  return (
    <>
      <p className="spaced" role="status">
        <RolloutState state={state} /> <Link href={`/policy/${version}`}>version {version}</Link> in the place
        of <Link href={`/policy/${base}`}>version {base}</Link>, begun by {by} <Moment at={startedAt} />
        {why !== null && <>: {why}</>}
      </p>
      {state === "running" && (
        <p className="spaced">
          {waitingFor > 0
            ? `Waiting for ${counted(waitingFor, "host")} to enforce it.`
            : "Everybody of whom it is expected enforces it."}{" "}
          {nextAt !== null && (
            <>
              {wave + 1 < waves.length ? "The next wave begins" : "It is done"} <Ago at={nextAt} /> if nothing
              happens.
            </>
          )}
        </p>
      )}
      <Findings rollout={rollout} />
      <Waves rollout={rollout} />
    </>
  );
}

function Findings({ rollout: { findings } }: { readonly rollout: RolloutDetails }) {
  if (findings.length === 0) return null;
  return (
    <section className="section" aria-label="What was found">
      <h2>What was found</h2>
      <ul className="problems">
        {findings.map(({ kind, host, words, at }) => (
          <li key={`${at} ${host} ${words}`} className="error">
            <Moment at={at} /> <b>{kind.replaceAll("-", " ")}</b>{" "}
            {host !== null && <Link href={`/hosts/${encodeURIComponent(host)}`}>{host}</Link>}
            <p>{words}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

const COURSES: Readonly<Record<RolloutDetails["hosts"][number]["course"], string>> = {
  waits: "○ waits",
  "on-its-way": "◐ on its way",
  enforces: "● enforces it",
  absent: "– not there",
  untouched: "○ was not touched",
  over: "· had it",
};

function Waves({ rollout: { waves, wave: now, hosts } }: { readonly rollout: RolloutDetails }) {
  return (
    <ol className="entries">
      {waves.map(({ asked, hosts: size, startedAt, settledAt }, at) => (
        <li key={asked} aria-current={at === now ? "step" : undefined}>
          <h2>
            Wave {at + 1}: {asked} <span className="dim">{counted(size, "host")}</span>
          </h2>
          <p className="dim">
            {startedAt === null ? (
              "has not begun"
            ) : (
              <>
                begun <Moment at={startedAt} />
                {settledAt !== null && (
                  <>
                    , in force <Moment at={settledAt} />
                  </>
                )}
              </>
            )}
          </p>
          <ul className="wave-hosts">
            {hosts
              .filter(({ wave }) => wave === at)
              .map(({ name, course }) => (
                <li key={name} className={course}>
                  <Link href={`/hosts/${encodeURIComponent(name)}`}>{name}</Link>{" "}
                  <span className="dim">{COURSES[course]}</span>
                </li>
              ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

function Actions({ rollout: { number, state, version, base, hosts } }: { readonly rollout: RolloutDetails }) {
  const may = useMay("approver");
  const client = useQueryClient();
  if (!may || state === "done" || state === "rolled-back") return null;
  const act = (what: string) => async () => {
    await send("POST", `rollouts/${number}/${what}`);
    await client.invalidateQueries({ queryKey: ["rollouts"] });
  };
  const moved = hosts.filter(({ movedAt }) => movedAt !== null).length;
  return (
    <>
      {state === "running" ? (
        <Asked label="Pause" title={`Pause rollout ${number}`} confirm="Pause it" act={act("pause")}>
          <p>
            No further wave begins; {goes(moved)} on with version {version}, and {moved === 1 ? "is" : "are"}{" "}
            watched.
          </p>
        </Asked>
      ) : (
        <Asked label="Go on" title={`Go on with rollout ${number}`} confirm="Go on" act={act("resume")}>
          <p>The present wave is watched anew, and the next one begins if nothing happens.</p>
        </Asked>
      )}
      <Asked
        label="Take it back"
        title={`Take rollout ${number} back`}
        confirm={`Back to version ${base}`}
        isDangerous
        act={act("abort")}
      >
        <p>
          {goes(moved)} back to version {base} at once; all others were never touched. The version stays, and
          can be brought again.
        </p>
      </Asked>
    </>
  );
}

function goes(hosts: number): string {
  return `${counted(hosts, "host")} ${hosts === 1 ? "goes" : "go"}`;
}
