/** What is odd in the last hour's flows: asked for after the page is there, as the server reads the flows for it, and again while somebody looks on. */

import type { SuggestionLine } from "@bulkhead/server/api/advice-shapes.ts";
import { Link } from "wouter";
import { pastNamed } from "../advice/past.tsx";
import { useAdvice } from "../advice/use-advice.ts";
import { addressOf } from "../parts/address-state.ts";
import { counted } from "../parts/words.ts";

type Suggestion = Extract<SuggestionLine, { kind: "suggestion" }>;

const MOST = 5;
const AGAIN_MILLISECONDS = 5_000;

export function OddQuestions() {
  const past = pastNamed("1h", "1h");
  // The same words as the page of suggestions uses, so that it has the answer already.
  const { end, error } = useAdvice<Suggestion>(
    "suggestion",
    { window: past.value, since: Date.now() - past.milliseconds, segment: "" },
    AGAIN_MILLISECONDS,
  );
  const odd = end?.suggestion.odd ?? [];
  return (
    <section className="card overview-first" aria-label="Questions worth asking">
      <h2>Questions worth asking</h2>
      {/* There from the beginning: what is below does not jump far when the answer comes. */}
      {odd.length === 0 && (
        <p className="good-words">
          {end !== undefined
            ? "Nothing is odd in the last hour's flows that no rule allows."
            : error === null
              ? "Looking through the last hour's flows…"
              : "The last hour's flows could not be looked through just now."}
        </p>
      )}
      {odd.length > 0 && (
        <ul className="lines">
          {odd.slice(0, MOST).map(({ words, kind, seen, from, to }) => (
            <li key={`${kind} ${words}`}>
              <Link href={addressOf("/flows", { from: from.who[0], to: to.who[0], window: "24h" })}>
                {words}
              </Link>
              <small>{counted(seen.connections, "connection")}</small>
            </li>
          ))}
        </ul>
      )}
      <p className="card-more">
        <Link href="/suggestions?window=1h">
          {odd.length > MOST ? `all ${odd.length} questions` : "more of them"}, and rules for what was seen
        </Link>
      </p>
    </section>
  );
}
