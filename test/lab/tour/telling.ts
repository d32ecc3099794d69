/** The tour's longer words. */

import { PINNED_NODE } from "../../estate/place.ts";
import type { Screen } from "../screen.ts";
import type { Window } from "../window.ts";
import type { Floor } from "./floor.ts";
import type { IntruderNews } from "./intruder.ts";
import { INTRUDER } from "./shop.ts";

const COMMAND_WIDTH = 57;
const PAGE_WIDTH = 14;
const SESSION = `${INTRUDER.on} → ${INTRUDER.to} ${INTRUDER.service}`;

export function newsText(news: IntruderNews): string {
  if (news.kind === "in")
    return `  ${timeText()}  the intruder ${news.times === 1 ? "has" : "is in again and has"} a session open: ${SESSION}`;
  const told = news.told === null ? "" : `, and he was told ${news.told}`;
  return `  ${timeText()}  the intruder's session is cut: ${SESSION}, ${news.answered} messages answered, then none${told}`;
}

/** The one link. */
export function tellLink(screen: Screen, { agents }: Floor, window: Window): void {
  const { signIn, fingerprint } = agents.centre;
  screen.line();
  screen.line("  In a browser on this machine, as the first administrator:");
  screen.line();
  screen.line(`    ${screen.paint("strong", window.from(signIn))}`);
  screen.line(`    (the shop's own authority has signed its certificate: ${fingerprint})`);
  screen.line();
}

/** What to do with a shop that is open: in the browser, or the same in another terminal. */
export function tellWay(screen: Screen, { agents, policyFolder }: Floor): void {
  screen.line();
  screen.line("  In the browser, where what kernels tell is shown seconds later:");
  screen.line();
  for (const [page, what] of PAGES) screen.line(`    ${page.padEnd(PAGE_WIDTH)}${what}`);
  screen.line();
  screen.line("  The same in another terminal, and more:");
  screen.line();
  for (const [command, what] of steps(agents.centre.directory, policyFolder))
    screen.line(what === "" ? `    ${command}` : `    ${command.padEnd(COMMAND_WIDTH)} # ${what}`);
  screen.line();
  screen.line("  The shop stays open until Ctrl-C, which leaves this machine as it was. Meanwhile:");
  screen.line();
}

/** In the order in which one would look, by the dashboard's own names. */
const PAGES: readonly (readonly [string, string])[] = [
  ["Overview", `the questions worth asking: within a minute, why ${INTRUDER.on} talks to ${INTRUDER.to}`],
  ["Map", "who talks to whom, drawn from the kernels' own events; what is stopped bears a cross"],
  ["Suggestions", "a policy from a minute of traffic, the odd flow left out and marked: Open as a draft,"],
  ["", "in shop.yaml write `mode: enforce`, and Keep as a draft: its impact names what would be denied"],
  [
    "Provision",
    "Try it for 10 minutes: the intruder is cut, and every kernel goes back by itself unless you keep it",
  ],
];

function steps(directory: string, policy: string): readonly (readonly [string, string])[] {
  const bin = PINNED_NODE.replace(/packaging\/pinned-node$/, "node_modules/.bin");
  return [
    [`export PATH="${bin}:$PATH" BULKHEAD_DATA_DIR=${directory} SHOP=${policy}`, ""],
    ["bulkhead alerts", "what alarms already"],
    ["bulkhead suggest --since 10m | tee $SHOP/suggested.yaml", "the odd flow is left out, and marked"],
    ["sed -i 's/^mode: observe/mode: enforce/' $SHOP/shop.yaml", "from watching to enforcing"],
    ['bulkhead push $SHOP -m "what the shop needs"', "a draft, and its number"],
    ["bulkhead plan --since 10m --limit 6", "its impact: what would be denied"],
    ["bulkhead provision NUMBER --trial 10m", "goes back by itself …"],
    ["bulkhead confirm", "… unless you keep it"],
    ["npm start -- break", "kill, stop, flush, lock out: what happens?"],
    ["npm start -- exec web-2 bash", "to be the intruder yourself"],
  ];
}

/** After a tour that ended by itself. */
export function tellAfterTour(screen: Screen): void {
  screen.line("  Next:");
  screen.line(
    "    npm start                      the same in your own hands, in a browser; on a terminal it stays open",
  );
  screen.line("    npm start -- prove             every connection of a policy, promised beside measured");
  screen.line("    npm start -- --help            everything else");
}

/** As the wall clock here shows it. */
function timeText(): string {
  return new Date().toTimeString().slice(0, 8);
}
