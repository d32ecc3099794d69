/** What hosts have seen of the flows that a question is about. */

import { Link } from "wouter";
import { ApiError } from "../api/client.ts";
import { useFlows } from "../api/queries.ts";
import { decisive, endName, flowKey, ruleWords } from "../flows/flow-words.ts";
import { addressOf } from "../parts/address-state.ts";
import { Empty, Failure, Waiting } from "../parts/page.tsx";
import { Ago } from "../parts/time.tsx";
import { VerdictMark } from "../parts/verdict.tsx";
import { counted } from "../parts/words.ts";

const SHOWN = 12;

export function Observed({
  from,
  to,
  service,
}: {
  readonly from: string;
  readonly to: string;
  readonly service: string;
}) {
  const isExpression = service.includes("/");
  const filter = { from: any(from), to: any(to), ...(isExpression && { service }), window: "24h" };
  const flows = useFlows(filter);
  const seen = flows.data?.pages.flatMap((page) => page.flows) ?? [];
  const isRefused = flows.error instanceof ApiError;
  return (
    <section aria-labelledby="observed">
      <h2 id="observed">What was seen in the last day</h2>
      {flows.error !== null && !isRefused && <Failure error={flows.error} />}
      {flows.data === undefined && flows.error === null && <Waiting what="flows" />}
      {(isRefused || (flows.data !== undefined && seen.length === 0)) && (
        <Empty title="Nothing like it was seen.">
          <p>Nobody has tried, or no agent was there to see it.</p>
        </Empty>
      )}
      <ul className="observed">
        {seen.slice(0, SHOWN).map((flow) => {
          const judged = decisive(flow);
          return (
            <li key={flowKey(flow)} className="card">
              <p>
                <VerdictMark verdict={flow.verdict} /> <span className="mono">{flow.service}</span>
              </p>
              <p>
                <strong>{endName(flow.source)}</strong> → <strong>{endName(flow.destination)}</strong>
              </p>
              <p className="dim">
                {judged === null ? "nobody judged" : `${judged.host}: ${ruleWords(judged)}`};{" "}
                {counted(flow.connections, "connection")}, last <Ago at={flow.end} />
              </p>
            </li>
          );
        })}
      </ul>
      {seen.length > 0 && (
        <p>
          <Link href={addressOf("/flows", filter)}>All of them</Link>
        </p>
      )}
    </section>
  );
}

/** To the store of flows, anybody is no filter. */
function any(end: string): string {
  return end === "any" || end === "any-host" ? "" : end;
}
