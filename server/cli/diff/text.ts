import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Reach, ReachChange } from "@bulkhead/shared/rules/reach.ts";
import type { Paint, Style } from "@bulkhead/terminal/colour.ts";

/** What becomes possible, then what stops being possible: a line for each end it comes from and what it uses, with all that it may call by that. */
export function diffText({ gained, lost }: ReachChange, paint: Paint): string {
  if (gained.length + lost.length === 0) return "nobody can reach more or less than before\n";
  return [
    section("becomes possible", lines("+", gained), { style: "warning", paint }),
    section("stops being possible", lines("-", lost), { style: "good", paint }),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

function section(
  title: string,
  lines: readonly string[],
  { style, paint }: { readonly style: Style; readonly paint: Paint },
): string {
  if (lines.length === 0) return "";
  return `${paint("strong", `${title}:`)}\n${lines.map((text) => `${paint(style, text)}\n`).join("")}`;
}

/** In the order in which they come; what differs in nothing but whom it leads to stands together. */
function lines(sign: "+" | "-", ways: readonly Reach[]): readonly string[] {
  const alike = Map.groupBy(ways, ({ from, services, unit, user }) =>
    JSON.stringify([from, unit, user, services]),
  );
  return [...alike.values()].flatMap(([first, ...more]) =>
    first === undefined
      ? []
      : [
          line(
            sign,
            first,
            [first, ...more].map(({ to }) => to),
          ),
        ],
  );
}

function line(sign: "+" | "-", { from, services, unit, user }: Reach, to: readonly string[]): string {
  const who = [...(unit ? [`unit ${unit}`] : []), ...(user ? [`user ${user}`] : [])].join(", ");
  return printable(`${sign} ${from}${who && ` (${who})`} -> ${to.join(", ")}: ${services.join(", ")}`);
}
