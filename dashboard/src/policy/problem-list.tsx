import type { ProblemView } from "@bulkhead/server/api/shapes.ts";
import { Link } from "wouter";
import { addressOf } from "../parts/address-state.ts";

/** Problems with their places, which lead to the lines of a version where one is named. */
export function ProblemList({
  problems,
  version,
}: {
  readonly problems: readonly ProblemView[];
  readonly version?: number;
}) {
  return (
    <ul className="problems">
      {problems.map(({ place, severity, message, hint, code, related }) => (
        <li key={`${place.file}:${place.line}:${place.column}:${message}`} className={severity}>
          <PlaceOf place={place} version={version} /> <b>{severity}</b>
          <p>{message}</p>
          {related !== undefined && (
            <p className="dim">
              {related.message}: <PlaceOf place={related.place} version={version} />
            </p>
          )}
          {hint !== undefined && <p className="dim">{hint}</p>}
          <small className="mono">{code}</small>
        </li>
      ))}
    </ul>
  );
}

function PlaceOf({
  place: { file, line, column },
  version,
}: {
  readonly place: ProblemView["place"];
  readonly version: number | undefined;
}) {
  const words = `${file}:${line}:${column}`;
  if (version === undefined) return <span className="mono">{words}</span>;
  return (
    <Link className="mono" href={addressOf(`/policy/${version}`, { file, line: String(line) })}>
      {words}
    </Link>
  );
}
