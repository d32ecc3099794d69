/** May this talk to that: the active policy's answer as a path, and beside it what hosts have seen. */

import { useMemo } from "react";
import { useInventory } from "../api/queries.ts";
import { FilterField } from "../flows/filter-bar.tsx";
import { useAddressState } from "../parts/address-state.ts";
import { Empty, Failure, Page, Waiting } from "../parts/page.tsx";
import { useServedPolicy } from "../policy/served-policy.ts";
import { answerTo } from "./answer.ts";
import { Observed } from "./observed.tsx";
import { OutcomePath } from "./outcome-path.tsx";

const SHOWN = 30;

export default function ExplainPage() {
  const [{ from = "", to = "", service = "", unit = "" }, change] = useAddressState();
  const isWhole = from !== "" && to !== "" && service !== "";
  return (
    <Page title="Explain">
      <search className="filters spaced question">
        <FilterField
          name="From"
          example="web-1, web, 10.0.0.7"
          value={from}
          onChange={(value) => change({ from: value })}
        />
        <FilterField
          name="To"
          example="db-1, db, any"
          value={to}
          onChange={(value) => change({ to: value })}
        />
        <FilterField
          name="Service"
          example="tcp/5432, https, all"
          value={service}
          onChange={(value) => change({ service: value })}
        />
        <FilterField name="Unit" example="any" value={unit} onChange={(value) => change({ unit: value })} />
      </search>
      {isWhole ? (
        <div className="explain">
          <Simulated question={{ from, to, service, ...(unit !== "" && { unit }) }} />
          <Observed from={from} to={to} service={service} />
        </div>
      ) : (
        <Suggestions onChoose={change} />
      )}
    </Page>
  );
}

function Simulated({
  question,
}: {
  readonly question: { from: string; to: string; service: string; unit?: string };
}) {
  const policy = useServedPolicy();
  const { from, to, service, unit } = question;
  const answer = useMemo(
    () =>
      policy.data == null
        ? undefined
        : answerTo(policy.data, { from, to, service, ...(unit !== undefined && { unit }) }),
    [policy.data, from, to, service, unit],
  );
  return (
    <section aria-labelledby="simulated">
      <h2 id="simulated">What the active policy says</h2>
      {policy.error !== null && <Failure error={policy.error} />}
      {policy.data === undefined && policy.error === null && <Waiting what="the policy" />}
      {policy.data === null && (
        <Empty title="No version of the policy is in force.">
          <p>Everything passes until one is provisioned.</p>
        </Empty>
      )}
      {answer?.kind === "problem" && (
        <div className="notice doubt" role="alert">
          <strong>{answer.message}</strong>
          <p>{answer.remedy}</p>
        </div>
      )}
      {answer?.kind === "answer" && answer.outcomes.length === 0 && (
        <Empty title="One of the two ends has no members.">
          <p>There is nobody whom the question is about.</p>
        </Empty>
      )}
      {answer?.kind === "answer" &&
        answer.outcomes
          .slice(0, SHOWN)
          .map((outcome) => (
            <OutcomePath
              key={JSON.stringify([outcome.from, outcome.to, outcome.services])}
              outcome={outcome}
            />
          ))}
      {answer?.kind === "answer" && answer.outcomes.length > SHOWN && (
        <p className="dim">and {answer.outcomes.length - SHOWN} more; ask about less to see them</p>
      )}
    </section>
  );
}

function Suggestions({ onChoose }: { readonly onChoose: (changes: Record<string, string>) => void }) {
  const hosts = useInventory().data ?? [];
  const [first, second] = hosts;
  return (
    <Empty title="Ask about a host, a segment, an address or a block at each end, and a service.">
      <p>
        The answer names the rule, with its file and line, for each end, and says what hosts have seen of it.
      </p>
      {first !== undefined && second !== undefined && (
        <button
          type="button"
          className="button"
          onClick={() => onChoose({ from: first.name, to: second.name, service: "all" })}
        >
          {first.name} to {second.name}, everything
        </button>
      )}
    </Empty>
  );
}
