import type { EventView } from "@bulkhead/server/api/shapes.ts";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Moment } from "../parts/time.tsx";
import { EventAbout } from "./event-about.tsx";
import { Facts } from "./facts.tsx";

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
              <EventAbout event={event} />
            </td>
            <td>{event.who}</td>
            <td>
              <Facts facts={event.facts} />
            </td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
