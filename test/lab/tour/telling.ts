/** The tour's longer words. */

import { PINNED_NODE } from "../../estate/place.ts";
import type { Screen } from "../screen.ts";
import type { Window } from "../window.ts";
import type { Floor } from "./floor.ts";
import type { IntruderNews } from "./intruder.ts";
import { INTRUDER } from "./shop.ts";

const COMMAND_WIDTH = 57;
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

/** What to do with a shop that is open. */
export function tellWay(screen: Screen, { agents, policyFolder }: Floor): void {
  screen.line();
  screen.line(
    "  The map draws itself within half a minute. In another terminal (versions, impact, trial and map are in the browser as well):",
  );
  screen.line();
  for (const [command, what] of steps(agents.centre.directory, policyFolder))
    screen.line(what === "" ? `    ${command}` : `    ${command.padEnd(COMMAND_WIDTH)} # ${what}`);
  screen.line();
  screen.line("  The shop stays open until Ctrl-C, which leaves this machine as it was. Meanwhile:");
  screen.line();
}

function steps(directory: string, policy: string): readonly (readonly [string, string])[] {
  const bin = PINNED_NODE.replace(/packaging\/pinned-node$/, "node_modules/.bin");
  return [
    [`export PATH="${bin}:$PATH" BULKHEAD_DATA_DIR=${directory} SHOP=${policy}`, ""],
    ["bulkhead alerts", "what alarms already"],
    ["bulkhead suggest --since 10m >$SHOP/suggested.yaml", "a policy from a minute of traffic"],
    ["cat $SHOP/suggested.yaml", "the odd flow is left out, and marked"],
    ["sed -i 's/^mode: observe/mode: enforce/' $SHOP/shop.yaml", "from watching to enforcing"],
    ['bulkhead push $SHOP -m "what the shop needs"', "a draft"],
    ["bulkhead plan 2 --since 10m", "its impact: what would be denied"],
    ["bulkhead provision 2 --trial 10m", "goes back by itself …"],
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
