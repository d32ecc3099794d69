import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Reach, ReachChange } from "@bulkhead/shared/rules/reach.ts";
import type { Paint, Style } from "@bulkhead/terminal/colour.ts";

/** What becomes possible, then what stops being possible, a line each. */
export function diffText({ gained, lost }: ReachChange, paint: Paint): string {
  if (gained.length + lost.length === 0) return "nobody can reach more or less than before\n";
  return [
    section(
      "becomes possible",
      gained.map((reach) => line("+", reach)),
      { style: "warning", paint },
    ),
    section(
      "stops being possible",
      lost.map((reach) => line("-", reach)),
      { style: "good", paint },
    ),
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

function line(sign: "+" | "-", { from, to, services, unit, user }: Reach): string {
  const who = [...(unit ? [`unit ${unit}`] : []), ...(user ? [`user ${user}`] : [])].join(", ");
  return printable(`${sign} ${from}${who && ` (${who})`} -> ${to}: ${services.join(", ")}`);
}
