/** What a draft says of itself, and whether it is so: its tests and its invariants. */

import type { PlanView } from "@bulkhead/server/api/plan-shapes.ts";
import { formatService } from "@bulkhead/shared/net/service.ts";
import { Link } from "wouter";
import { addressOf } from "../parts/address-state.ts";
import { VERDICT_WORDS } from "../parts/verdict.tsx";

type Test = PlanView["tests"][number];
type Invariant = PlanView["invariants"][number];
type Flow = NonNullable<Invariant["example"]>["flow"];

const BROKEN_WORDS = { never: "gets through", always: "does not get through" } as const;
const WAYS = 10;

export function Proof({ plan, version }: { readonly plan: PlanView; readonly version: number | null }) {
  const { tests, invariants } = plan;
  const failed = [...tests.filter(({ passed }) => !passed), ...invariants.filter(({ holds }) => !holds)];
  const kept = tests.length + invariants.length - failed.length;
  if (tests.length + invariants.length === 0)
    return (
      <section className="section" aria-label="Tests and invariants">
        <h2>Tests and invariants</h2>
        <p className="dim">
          It has none of its own. What must never pass, and what must always, can be written into the policy
          under <code>never:</code> and <code>always:</code>; no version that breaks one is made active.
        </p>
      </section>
    );
  return (
    <section className="section" aria-label="Tests and invariants">
      <h2>
        Tests and invariants: {kept} of {kept + failed.length} hold
      </h2>
      <ul className="proofs">
        {failed.map((one) => (
          <ProofLine key={lineKey(one)} one={one} version={version} />
        ))}
      </ul>
      {kept > 0 && (
        <details>
          <summary>What holds</summary>
          <ul className="proofs">
            {tests
              .filter(({ passed }) => passed)
              .map((one) => (
                <ProofLine key={lineKey(one)} one={one} version={version} />
              ))}
            {invariants
              .filter(({ holds }) => holds)
              .map((one) => (
                <ProofLine key={lineKey(one)} one={one} version={version} />
              ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function ProofLine({ one, version }: { readonly one: Test | Invariant; readonly version: number | null }) {
  const isKept = "passed" in one ? one.passed : one.holds;
  const { place } = one;
  const where = `${place.file}:${place.line}`;
  return (
    <li className={isKept ? "good" : "bad"}>
      <p>
        <b>{isKept ? "✓ holds" : "✗ does not hold"}</b> {"passed" in one ? testWords(one) : neverWords(one)}{" "}
        {version === null ? (
          <small className="mono">{where}</small>
        ) : (
          <Link
            className="mono"
            href={addressOf(`/policy/${version}`, { file: place.file, line: String(place.line) })}
          >
            {where}
          </Link>
        )}
      </p>
      {!isKept && "broken" in one && <Broken invariant={one} />}
      {!isKept && (
        <ul>
          {one.reasons.map((reason) => (
            <li key={reason} className="dim">
              {reason}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** One flow that breaks it, who judges it so, and the ways in which others do. */
function Broken({ invariant: { example, broken, kind } }: { readonly invariant: Invariant }) {
  return (
    <>
      {example !== undefined && (
        <p>
          For example <strong>{flowWords(example.flow)}</strong> {BROKEN_WORDS[kind]}
          {[example.egress, example.ingress]
            .flatMap((one) => (one === null ? [] : [`${one.host}: ${one.why}`]))
            .map((why) => `; ${why}`)
            .join("")}
          .{" "}
          <Link
            href={addressOf("/explain", {
              from: example.flow.source,
              to: example.flow.destination,
              service: serviceOf(example.flow),
              unit: example.flow.unit,
            })}
          >
            What the active policy says
          </Link>
        </p>
      )}
      <ul>
        {broken.slice(0, WAYS).map((way) => (
          <li key={JSON.stringify(way)} className="dim">
            {BROKEN_WORDS[kind]}: {way.from} → {way.to}{" "}
            <span className="mono">{way.services.join(", ")}</span>
          </li>
        ))}
        {broken.length > WAYS && <li className="dim">and {broken.length - WAYS} more ways</li>}
      </ul>
    </>
  );
}

function testWords({ from, to, service, expected, verdict, unit, user }: Test): string {
  const who = [unit, user].filter(Boolean).join(", ");
  const asked = `${from}${who === "" ? "" : ` (${who})`} → ${to} ${service}`;
  return `test: ${asked} is to be ${expected === "allow" ? "allowed" : "denied"}, is ${VERDICT_WORDS[verdict]}`;
}

function neverWords({ kind, from, to, services }: Invariant): string {
  return `invariant: ${kind} ${from.join(", ")} → ${to.join(", ")} ${services.join(", ")}`;
}

function flowWords(flow: Flow): string {
  const who = [flow.unit, flow.user].filter(Boolean).join(", ");
  return `${flow.source}${who === "" ? "" : ` (${who})`} → ${flow.destination} ${serviceOf(flow)}`;
}

function serviceOf({ protocol, number }: Flow): string {
  return formatService([{ protocol, low: number, high: number }])[0] ?? "";
}

function lineKey(one: Test | Invariant): string {
  return JSON.stringify(
    "passed" in one
      ? [one.place, one.from, one.to, one.service, one.unit, one.user]
      : [one.place, one.from, one.to],
  );
}
