/** How something divides, as one bar, with the same in words below it. */

import type { HostView, Sync } from "@bulkhead/server/api/shapes.ts";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { VerdictSums } from "../flows/timeline.tsx";
import { SYNC_STATES, SyncMark } from "../hosts/sync.tsx";
import { type Verdict, VerdictMark } from "../parts/verdict.tsx";
import { count, counted } from "../parts/words.ts";

interface Share {
  readonly name: string;
  readonly number: number;
  readonly mark: ReactNode;
  /** A class of `.bar rect`. */
  readonly look: string;
}

/** Connections by verdict, and how many of those that were seen a policy in force everywhere would let pass. */
export function Coverage({ sums: { allowed, wouldDeny, denied } }: { readonly sums: VerdictSums }) {
  const sums: Readonly<Record<Verdict, number>> = { allow: allowed, "would-deny": wouldDeny, deny: denied };
  const all = allowed + wouldDeny + denied;
  if (all === 0) return <p className="good-words">Nothing was seen in the last hour.</p>;
  return (
    <>
      <p>
        <b className="share">{((100 * allowed) / all).toFixed(1)} %</b> of {counted(all, "connection")}{" "}
        allowed.
      </p>
      <Shares
        shares={(["allow", "would-deny", "deny"] as const).map((verdict) => ({
          name: verdict,
          number: sums[verdict],
          mark: <VerdictMark verdict={verdict} />,
          look: verdict,
        }))}
      />
    </>
  );
}

const LOOKS: Readonly<Record<Sync["state"], string>> = {
  "in-sync": "allow",
  behind: "would-deny",
  ahead: "would-deny",
  isolated: "would-deny",
  offline: "deny",
  unknown: "none",
  revoked: "none",
};

export function HostStates({ hosts }: { readonly hosts: readonly HostView[] }) {
  const states = SYNC_STATES.map((state) => ({
    state,
    number: hosts.filter(({ sync }) => sync.state === state).length,
  })).filter(({ number }) => number > 0);
  return (
    <Shares
      shares={states.map(({ state, number }) => ({
        name: state,
        number,
        mark: (
          <Link href={`/hosts?state=${state}`}>
            <SyncMark sync={{ state }} />
          </Link>
        ),
        look: LOOKS[state],
      }))}
    />
  );
}

function Shares({ shares }: { readonly shares: readonly Share[] }) {
  const all = shares.reduce((sum, { number }) => sum + number, 0);
  let at = 0;
  return (
    <>
      <svg className="bar" aria-hidden="true">
        {shares.map(({ name, number, look }) => {
          const x = at;
          at += (100 * number) / all;
          return <rect key={name} x={`${x}%`} width={`${at - x}%`} height="100%" className={look} />;
        })}
      </svg>
      <ul className="lines">
        {shares.map(({ name, number, mark }) => (
          <li key={name}>
            {mark}
            <small>{count(number)}</small>
          </li>
        ))}
      </ul>
    </>
  );
}
