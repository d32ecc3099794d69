/** Hosts that no segment chooses: their mode is off. */

import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { Link } from "wouter";
import { counted } from "../parts/words.ts";
import { hostsOutside } from "./standings.ts";

const SHOWN = 12;

export function Outside({ resolved }: { readonly resolved: ResolvedPolicy }) {
  const names = hostsOutside(resolved);
  if (names.length === 0) return null;
  return (
    <section className="section notice doubt" aria-label="In no segment">
      <strong>
        {counted(names.length, "host")} {names.length === 1 ? "is" : "are"} in no segment, so{" "}
        {names.length === 1 ? "its mode is" : "their mode is"} off: nothing is judged there.
      </strong>
      <p>
        Give them labels that a segment chooses, or write a segment for them:{" "}
        {names.slice(0, SHOWN).map((name, at) => (
          <span key={name}>
            {at > 0 && ", "}
            <Link href={`/hosts/${encodeURIComponent(name)}`}>{name}</Link>
          </span>
        ))}
        {names.length > SHOWN && ` and ${names.length - SHOWN} more`}
      </p>
    </section>
  );
}
