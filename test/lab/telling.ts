/** The lab's longer words. */

import { type Attempt, isMismatch, type Result, senderName } from "./attempts.ts";
import { legend, matrixLines } from "./matrix-text.ts";
import { conversationName, type Fate, type Plan } from "./revocation.ts";
import type { Screen } from "./screen.ts";
import { HUB, type Stage } from "./stage.ts";
import type { Window } from "./window.ts";

const MOST_MISMATCHES = 20;
const NAME_WIDTH = 36;

export function attemptName({ from, to, probe, family }: Attempt): string {
  return `${senderName(from)} → ${to.name} ${probe.service} over IPv${family}`;
}

/** Both matrices with what their letters mean. */
export function tellMatrices(screen: Screen, stage: Stage, results: readonly Result[]): void {
  const { population } = stage.scenario;
  const style = { paint: screen.paint, columns: screen.columns - 2 };
  const shown = { ...population, senders: population.senders.filter((sender) => stage.canSend(sender)) };
  for (const line of legend(population.services, style)) screen.line(`  ${line}`);
  screen.line();
  for (const line of matrixLines(shown, results, style)) screen.line(`  ${line}`.trimEnd());
  screen.line();
}

/** Whether what was measured is what the policy says; if not, each connection that was not, and why it should have been. */
export function tellVerdict(screen: Screen, results: readonly Result[], policy: string): void {
  const wrong = results.filter(isMismatch);
  if (wrong.length === 0) {
    screen.tick(`every one of ${results.length} connections, over IPv4 and IPv6, did what ${policy} says`);
    return;
  }
  screen.fail(`${wrong.length} of ${results.length} connections did not do what ${policy} says`);
  for (const { attempt, promised, outcome } of wrong.slice(0, MOST_MISMATCHES)) {
    const promise = promised.passes ? "through" : "denied";
    screen.line(`      ${attemptName(attempt)}: promised ${promise}, measured ${outcome}`);
    screen.line(`        ${screen.paint("faint", promised.why)}`);
  }
}

export function tellPlan(screen: Screen, { rule, change }: Plan): void {
  screen.line();
  screen.line(`  The change: rule ${rule.name} is taken out (${rule.place.file}:${rule.place.line}).`);
  for (const line of change.lines) screen.line(`    ${screen.paint("bad", `-${line}`)}`);
  screen.line();
}

export function tellOpen(screen: Screen, attempt: Attempt, results: readonly Result[]): void {
  const rules = results.find((result) => result.attempt === attempt)?.promised.rules.join(" and ") ?? "";
  screen.line(`  ${conversationName(attempt).padEnd(NAME_WIDTH)} open, allowed by ${rules}`);
}

export function tellFate(screen: Screen, { attempt, alive, sent, answered, since, ended }: Fate): void {
  const name = conversationName(attempt).padEnd(NAME_WIDTH);
  const told = ended === null ? "" : `, its sender was told ${ended}`;
  screen.line(
    alive
      ? `  ${screen.paint("good", "✓")} ${name} lives: ${answered} of ${sent} messages answered, ${since} of them after the change`
      : `  ${screen.paint("bad", "✗")} ${name} cut: ${answered} messages answered, ${since === 0 ? "none" : since} after the change${told}`,
  );
}

/** What can be done with a lab that stays up. */
export function tellInvitation(screen: Screen, stage: Stage, window: Window): void {
  const [first] = stage.managed;
  if (first === undefined) return;
  screen.line("  The lab stays up until Ctrl-C. In another terminal:");
  screen.line();
  for (const command of ["bulkhead-agent status", "nft list table inet bulkhead", "bash"])
    screen.line(`    npm start -- exec ${first.name} ${command}`);
  screen.line(`    npm start -- exec ${HUB} bulkhead hosts --data-dir ${stage.agents.centre.directory}`);
  screen.line();
  const { signIn, fingerprint } = stage.agents.centre;
  screen.line("  In a browser on this machine, as the first administrator:");
  screen.line();
  screen.line(`    ${window.from(signIn)}`);
  screen.line(`    (the lab's own authority has signed its certificate: ${fingerprint})`);
  screen.line();
  screen.line("  Or without npm:");
  screen.line();
  for (const { name, machine } of stage.scenario.population.residents)
    screen.line(
      `    ${name.padEnd(10)} ${stage.estate.host(machine).namespace.inside(["COMMAND"]).join(" ")}`,
    );
  screen.line();
}

/** What to try after a lab that has ended. */
export function tellNext(screen: Screen): void {
  screen.line("  Next:");
  screen.line("    npm start -- --stay            keeps the hosts up, to look around on them");
  screen.line("    npm start -- --policy PATH     the same with a policy of yours");
  screen.line("    npm start -- --help            everything else");
}
