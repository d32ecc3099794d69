/** An answer as the way that a packet takes: source, its host's judgement, the network, the other host's judgement, destination. */

import type { Judgement } from "@bulkhead/shared/rules/judgement.ts";
import type { Outcome } from "@bulkhead/shared/rules/outcomes.ts";
import { Link } from "wouter";
import { addressOf } from "../parts/address-state.ts";
import { VerdictMark } from "../parts/verdict.tsx";

export function OutcomePath({ outcome }: { readonly outcome: Outcome }) {
  const { from, to, services, verdict, egress, ingress, flow } = outcome;
  const stopped = egress?.verdict === "deny";
  return (
    <article className="outcome">
      <header>
        <VerdictMark verdict={verdict} /> <span className="mono">{services.join(", ")}</span>
      </header>
      <ol className="path">
        <li className="path-end">
          <strong>{from.join(", ")}</strong>
          {flow.unit !== undefined && <small>{flow.unit}</small>}
        </li>
        <Step title="leaving" judgement={egress} isReached />
        <li
          className={stopped ? "path-net stopped" : "path-net"}
          aria-label={stopped ? "it never leaves" : "network"}
        >
          <span aria-hidden="true">{stopped ? "✕" : "network"}</span>
        </li>
        <Step title="arriving" judgement={ingress} isReached={!stopped} />
        <li className="path-end">
          <strong>{to.join(", ")}</strong>
        </li>
      </ol>
    </article>
  );
}

function Step({
  title,
  judgement,
  isReached,
}: {
  readonly title: string;
  readonly judgement: Judgement | null;
  readonly isReached: boolean;
}) {
  if (judgement === null)
    return (
      <li className="path-step silent">
        <small>{title}</small>
        <p className="dim">no agent judges here</p>
      </li>
    );
  const { host, mode, verdict, rule, why } = judgement;
  return (
    <li className={`path-step ${verdict}${isReached ? "" : " unreached"}`}>
      <small>
        {title}, {host} ({mode})
      </small>
      <p>
        <VerdictMark verdict={verdict} />
      </p>
      <p>{why}</p>
      {rule !== null && (
        <p className="mono">
          <Link href={addressOf("/policy/active", { file: rule.file, line: String(rule.line) })}>
            {rule.file}:{rule.line}
          </Link>
        </p>
      )}
      {!isReached && <p className="dim">would be asked if the source let it out</p>}
    </li>
  );
}
