import type { EventView } from "@bulkhead/server/api/shapes.ts";
import { Link } from "wouter";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Moment } from "../parts/time.tsx";

export function EventTable({ events }: { readonly events: readonly EventView[] }) {
  return (
    <TableFrame label="Events">
      <TableHead names={["When", "What", "About", "Who", "Facts"]} />
      <tbody>
        {events.map((event) => (
          <tr key={event.id}>
            <td className="dim nowrap">
              <Moment at={event.at} />
            </td>
            <td className="nowrap">{event.kind.replaceAll("-", " ")}</td>
            <td>
              <About event={event} />
            </td>
            <td>{event.who}</td>
            <td className="mono facts-text">{factsText(event.facts)}</td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

function About({ event: { kind, about } }: { readonly event: EventView }) {
  if (kind.startsWith("policy-")) return <Link href={`/policy/${about}`}>version {about}</Link>;
  if (/^(?:host-|address|lease-|tampering)/.test(kind))
    return <Link href={`/hosts/${encodeURIComponent(about)}`}>{about}</Link>;
  return about;
}

export function factsText(facts: EventView["facts"]): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("  ");
}
