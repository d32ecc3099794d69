/** One segment: its mode and what another would mean, who is in it and why, what of the policy names it. */

import type { Segment } from "@bulkhead/shared/policy/policy.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { useState } from "react";
import { Link, useParams } from "wouter";
import { useStatus } from "../api/queries.ts";
import { addressOf } from "../parts/address-state.ts";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { useServedPolicy } from "../policy/served-policy.ts";
import { WavesDialog } from "../rollouts/in-waves.tsx";
import { AboutSegment } from "./about-segment.tsx";
import { ModeDialog } from "./mode-dialog.tsx";
import { Namings } from "./namings.tsx";
import { useModeAsked } from "./use-mode-asked.ts";
import { useModeChange } from "./use-mode-change.ts";
import { WhatIf } from "./what-if.tsx";
import "./segments.css";

export default function SegmentPage() {
  const name = decodeURIComponent(useParams().name ?? "");
  const policy = useServedPolicy();
  const segment = policy.data?.policy.segments.get(name);
  return (
    <Page
      title={name}
      under={{ path: "/segments", name: "Segments" }}
      aside={<Ways segment={segment} resolved={policy.data ?? undefined} name={name} />}
    >
      {policy.data === null ? (
        <Empty title="No version is in force.">
          <p>
            A segment is written in the policy. <Link href="/policy">All versions</Link>
          </p>
        </Empty>
      ) : (
        <Loaded query={{ data: policy.data, error: policy.error }} what="the policy">
          {(resolved) =>
            segment === undefined ? <Unknown name={name} /> : <Shown segment={segment} resolved={resolved} />
          }
        </Loaded>
      )}
    </Page>
  );
}

function Unknown({ name }: { readonly name: string }) {
  return (
    <Empty title={`The version in force has no segment ‘${name}’.`}>
      <p>
        <Link href="/segments">All that it has</Link>, or <Link href="/policy/edit">write it</Link>.
      </p>
    </Empty>
  );
}

/** To what else is known of it, and to another mode. */
function Ways({
  segment,
  resolved,
  name,
}: {
  readonly segment: Segment | undefined;
  readonly resolved: ResolvedPolicy | undefined;
  readonly name: string;
}) {
  const active = useStatus().data?.policy ?? undefined;
  const mayEdit = useMay("editor");
  const asked = useModeAsked(segment, resolved?.policy.mode);
  const change = useModeChange(name, asked?.asked, { active, resolved });
  const [open, setOpen] = useState<"mode" | { readonly inWaves: number } | undefined>();
  if (segment === undefined) return null;
  return (
    <>
      <Link className="button" href={addressOf("/flows", { segment: name })}>
        Flows
      </Link>
      <Link className="button" href={addressOf("/map", { segment: name })}>
        Map
      </Link>
      <Link className="button" href={addressOf("/evidence", { segment: name })}>
        Evidence
      </Link>
      {mayEdit && change !== undefined && (
        <button type="button" className="button main" onClick={() => setOpen("mode")}>
          Change mode
        </button>
      )}
      {open === "mode" && asked !== undefined && change !== undefined && (
        <ModeDialog
          of={change}
          choice={asked}
          onWaves={(version) => setOpen({ inWaves: version })}
          onClose={() => setOpen(undefined)}
        />
      )}
      {typeof open === "object" && <WavesDialog version={open.inWaves} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function Shown({ segment, resolved }: { readonly segment: Segment; readonly resolved: ResolvedPolicy }) {
  const active = useStatus().data?.policy ?? undefined;
  const choice = useModeAsked(segment, resolved.policy.mode);
  const change = useModeChange(segment.name, choice?.asked, { active, resolved });
  return (
    <>
      <AboutSegment segment={segment} resolved={resolved} />
      {choice !== undefined && change !== undefined && <WhatIf choice={choice} of={change} />}
      <Namings segment={segment.name} policy={resolved.policy} active={active} />
    </>
  );
}
