/** Rules for what was seen and nothing allows, what they cover, and the flows that are odd: questions worth asking. */

import type { OddFindingView, SuggestionLine, SuggestionView } from "@bulkhead/server/api/advice-shapes.ts";
import { Link, useLocation } from "wouter";
import { useFiles } from "../api/queries.ts";
import { FilterField } from "../flows/filter-bar.tsx";
import { addressOf, useAddressState } from "../parts/address-state.ts";
import { Making } from "../parts/making.tsx";
import { Empty, Page } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Ago, Moment } from "../parts/time.tsx";
import { count, counted } from "../parts/words.ts";
import { useKeepDraftText, withFile } from "../policy/draft-text.ts";
import { Editor } from "../policy/editor.tsx";
import { type Past, PastChoice, pastNamed } from "./past.tsx";
import { useAdvice } from "./use-advice.ts";
import "../parts/entries.css";
import "./advice.css";

const SIMPLE_RULE = /^\s*- \{ allow: ([\w/*-]+), from: ([\w.-]+), to: ([\w.-]+) \}$/;

type Suggestion = Extract<SuggestionLine, { kind: "suggestion" }>;

export default function SuggestionsPage() {
  const [{ window, segment = "" }, change] = useAddressState();
  const past = pastNamed(window, "7d");
  const advice = useAdvice<Suggestion>("suggestion", {
    window: past.value,
    since: Date.now() - past.milliseconds,
    segment,
  });
  return (
    <Page title="Suggestions">
      <search className="filters spaced">
        <PastChoice value={past.value} onChange={(value: Past) => change({ window: value })} />
        <FilterField
          name="Segment"
          example="only what concerns it"
          value={segment}
          onChange={(value) => change({ segment: value })}
        />
      </search>
      <Making of={advice} />
      {advice.end !== undefined && <Shown said={advice.end} />}
    </Page>
  );
}

function Shown({ said: { suggestion, active, flows } }: { readonly said: Suggestion }) {
  const { rules, odd, seen } = suggestion;
  if (seen.flows === 0)
    return (
      <Empty
        title={
          rules.length + odd.length === 0 ? "Nothing was seen that no rule allows." : "Nothing to suggest."
        }
      >
        <p>
          {active === null
            ? "No policy is in force yet, and no flow was recorded: as soon as hosts that have joined talk to each other, rules for that are suggested here."
            : `Everything that was recorded since ${new Date(flows.since).toLocaleString("en-GB")} is allowed by a rule of version ${active}, or denied by one.`}
        </p>
      </Empty>
    );
  return (
    <>
      <Covered suggestion={suggestion} active={active ?? undefined} />
      <Questions odd={odd} />
      <Rules suggestion={suggestion} />
    </>
  );
}

function Covered({
  suggestion: { seen, covered, rules, text },
  active,
}: {
  readonly suggestion: SuggestionView;
  readonly active: number | undefined;
}) {
  const may = useMay("editor");
  const [, go] = useLocation();
  const files = useFiles(active).data;
  const keepText = useKeepDraftText();
  const open = () => {
    const draft = withFile(files ?? [], { name: "suggested.yaml", text });
    keepText({ files: draft, base: active, at: Date.now() });
    go("/policy/edit");
  };
  if (rules.length === 0)
    return (
      <p className="section">
        No rule is suggested: {counted(seen.connections, "connection")} that no rule allows{" "}
        {seen.connections === 1 ? "is" : "are"} odd, and stand below as questions.
      </p>
    );
  const share = seen.connections === 0 ? 0 : covered.connections / seen.connections;
  return (
    <section className="section advice-covered">
      <p>
        <b>{Math.round(share * 100)} %</b> of {counted(seen.connections, "connection")} that no rule allows
        would be allowed by {counted(rules.length, "rule")}: {counted(covered.flows, "flow")} of{" "}
        {count(seen.flows)}.
      </p>
      <progress max={1} value={share} aria-label="Share of what was seen that the rules cover" />
      {may && (
        <button
          type="button"
          className="button main"
          disabled={active !== undefined && files === undefined}
          onClick={open}
        >
          Open as a draft
        </button>
      )}
      <p className="dim">A suggestion is what was, not what is right: read it before it is a policy.</p>
    </section>
  );
}

function Questions({ odd }: { readonly odd: readonly OddFindingView[] }) {
  if (odd.length === 0) return null;
  return (
    <section className="section" aria-label="Questions worth asking">
      <h2>Left out: {counted(odd.length, "question")} worth asking</h2>
      <ul className="entries">
        {odd.map((question) => (
          <Question key={`${question.kind} ${question.words}`} question={question} />
        ))}
      </ul>
    </section>
  );
}

function Question({
  question: { words, services, seen, first, last, rule, coveredBy, from, to },
}: {
  readonly question: OddFindingView;
}) {
  const may = useMay("editor");
  const drafted = draftOf(rule);
  return (
    <li className="doubt">
      <h3>{words}</h3>
      <p className="dim">
        {counted(seen.connections, "connection")} · {services.slice(0, 5).join(", ")} · first{" "}
        <Moment at={first} />, last <Ago at={last} />
      </p>
      {coveredBy !== null && (
        <p>
          The suggested rule <code>{coveredBy}</code> would let it through all the same, as it is wider.
        </p>
      )}
      <p>
        <Link href={addressOf("/flows", { from: from.who[0], to: to.who[0], window: "7d" })}>Its flows</Link>
        {rule !== null && (
          <>
            {" "}
            · if it belongs there: <code>{rule}</code>
          </>
        )}
        {may && drafted !== undefined && (
          <>
            {" "}
            · <Link href={addressOf("/policy/edit", { ...drafted })}>Draft it</Link>
          </>
        )}
      </p>
    </li>
  );
}

/** What the editor begins a rule with, where the question's own rule says no more than that. */
function draftOf(rule: string | null): Record<"from" | "to" | "service", string> | undefined {
  const [, service, from, to] = SIMPLE_RULE.exec(rule ?? "") ?? [];
  return service === undefined || from === undefined || to === undefined ? undefined : { from, to, service };
}

function Rules({ suggestion: { rules, text, suggestedSegments } }: { readonly suggestion: SuggestionView }) {
  if (rules.length === 0) return null;
  return (
    <section className="section" aria-label="Suggested rules">
      <h2>{counted(rules.length, "suggested rule")}</h2>
      {suggestedSegments.length > 0 && (
        <p className="dim">
          With segments by the labels that there are:{" "}
          {suggestedSegments.map(({ name, hosts }) => `${name} (${hosts.length})`).join(", ")}.
        </p>
      )}
      <TableFrame label="Suggested rules">
        <TableHead names={["From", "To", "Services", "Seen", "Hosts", "Last"]} />
        <tbody>
          {rules.map(({ name, from, to, services, same, seen, hosts, last }) => (
            <tr key={name}>
              <td>{from.join(", ")}</td>
              <td>
                {to.join(", ")}
                {same.length > 0 && <span className="dim"> same {same.join(", ")}</span>}
              </td>
              <td className="mono">{services.join(", ")}</td>
              <td>{counted(seen.connections, "connection")}</td>
              <td>{hosts}</td>
              <td className="dim nowrap">
                <Ago at={last} />
              </td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
      <Editor label="The suggestion, YAML" text={text} isReadOnly />
    </section>
  );
}
