/** An event's facts as people read them: names in words, digests short, moments as moments. */

import type { EventView } from "@bulkhead/server/api/shapes.ts";
import type { ReactNode } from "react";
import { Moment } from "../parts/time.tsx";

const DIGEST = /^[0-9a-f]{40,128}$/;
const DIGEST_SHOWN = 12;
/** Names of facts that are moments, beside those that end with `At`. */
const MOMENTS: ReadonlySet<string> = new Set(["made", "since", "until"]);
/** Numbers from here on are milliseconds since 1970, not counts: 2001. */
const FIRST_MOMENT = 1_000_000_000_000;

export function Facts({ facts }: { readonly facts: EventView["facts"] }) {
  const entries = Object.entries(facts);
  if (entries.length === 0) return null;
  return (
    <ul className="event-facts">
      {entries.map(([name, value]) => (
        <li key={name}>
          <span className="dim">{factName(name)}</span> <FactValue name={name} value={value} />
        </li>
      ))}
    </ul>
  );
}

function FactValue({ name, value }: { readonly name: string; readonly value: unknown }): ReactNode {
  if (value === null || value === undefined) return "none";
  if (isMoment(name, value)) return <Moment at={value} />;
  if (typeof value === "string" && DIGEST.test(value))
    return (
      <span className="mono" title={value}>
        {value.slice(0, DIGEST_SHOWN)}…
      </span>
    );
  if (typeof value === "boolean") return value ? "yes" : "no";
  return plainText(value);
}

function isMoment(name: string, value: unknown): value is number {
  return typeof value === "number" && value >= FIRST_MOMENT && (/At$/.test(name) || MOMENTS.has(name));
}

/** `role=db env=prod` for labels and the like. */
function plainText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(plainText).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return "none";
  return entries.map(([name, one]) => `${factName(name)}=${plainText(one)}`).join(" ");
}

/** `expiresAt` is `expires at` here. */
function factName(name: string): string {
  return name.replaceAll("-", " ").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
