/** `npm start`: the shop, and the lab. */

import { join } from "node:path";
import type { WriteStream } from "node:tty";
import { CHECKOUT } from "../estate/place.ts";
import { breakSomething } from "./break.ts";
import { execOnHost } from "./exec.ts";
import { Control } from "./faults/control.ts";
import { Interruption } from "./interruption.ts";
import { Lab } from "./lab.ts";
import { type LabOptions, readOptions } from "./options.ts";
import { reportJson } from "./report-json.ts";
import { announce } from "./running.ts";
import { InvalidPolicy } from "./scenario.ts";
import { Screen } from "./screen.ts";
import { HUB } from "./stage.ts";
import { tellInvitation, tellNext } from "./telling.ts";
import { tellAfterTour, tellLink, tellWay } from "./tour/telling.ts";
import { Tour } from "./tour/tour.ts";
import { Window } from "./window.ts";

async function prove(options: LabOptions, screen: Screen, interruption: Interruption): Promise<Outcome> {
  const lab = new Lab(options, screen);
  const scenario = await lab.prepare();
  await using undo = new AsyncDisposableStack();
  const stage = await lab.build(scenario, undo);
  await announce([
    ...scenario.population.residents.map((resident) => [resident.name, stage.host(resident)] as const),
    [HUB, stage.estate.host(HUB)],
  ]);
  await interruption.or(lab.assertSound(stage));
  const results = await interruption.or(lab.enforce(stage));
  const revocation = await interruption.or(lab.revoke(stage, results));
  await interruption.or(lab.look(stage, revocation));
  const report = lab.report(results, revocation);
  screen.heading(
    report.held
      ? "Everything did what the policy says."
      : "NOT everything did what the policy says: see above.",
  );
  if (options.stays) {
    const window = undo.use(await Window.open(stage.agents.centre.host));
    tellInvitation(screen, stage, window);
    await interruption.happened;
  } else tellNext(screen);
  return { held: report.held, json: () => reportJson(report) };
}

async function tour(options: LabOptions, screen: Screen, interruption: Interruption): Promise<Outcome> {
  const guide = new Tour(options, screen);
  await using undo = new AsyncDisposableStack();
  const floor = await interruption.or(guide.build(undo));
  // The link first: hosts and traffic come while somebody looks on.
  const window = options.stays ? undo.use(await Window.open(floor.agents.centre.host)) : undefined;
  if (window !== undefined) tellLink(screen, floor, window);
  await interruption.or(guide.open(floor));
  const folder = await announce([...floor.estate.hosts]);
  if (window !== undefined) {
    undo.use(await Control.open(floor, folder));
    tellWay(screen, floor);
    await interruption.happened;
    return { held: true };
  }
  const { held } = await interruption.or(guide.goOn(floor));
  screen.heading(
    held
      ? "The intruder is out, and the shop goes on."
      : "NOT everything did what the policy says: see above.",
  );
  tellAfterTour(screen);
  return { held };
}

interface Outcome {
  /** Whether everything did what the policy says. */
  readonly held: boolean;
  readonly json?: () => string;
}

async function run(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv, process.stdout.isTTY === true);
  if (typeof options === "string") {
    process.stdout.write(options);
    return 0;
  }
  if (options.kind === "exec") return execOnHost(options);
  if (options.kind === "break") return breakSomething(options);
  const screen = new Screen((options.json ? process.stderr : process.stdout) as WriteStream);
  const interruption = new Interruption();
  try {
    const show = options.kind === "tour" ? tour : prove;
    const { held, json } = await show(options, screen, interruption);
    if (options.stays) screen.line("  The hosts are gone, and nothing is left behind.");
    if (options.json && json !== undefined) process.stdout.write(`${json()}\n`);
    return held ? 0 : 1;
  } catch (error) {
    if (!interruption.hasHappened) throw error;
    screen.lastLine("  interrupted; the hosts are gone, and nothing is left behind");
    return 130;
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof InvalidPolicy || error instanceof TypeError) return 2;
  return 3;
}

// What V8 makes of the sources of all the programs that are started here is kept from one to the next; where it cannot be written, Node goes without.
process.env.NODE_COMPILE_CACHE ??= join(CHECKOUT, "node_modules/.cache/compile");

process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(
    error instanceof Error && process.env.BULKHEAD_DEBUG === undefined
      ? `npm start: ${error.message}`
      : error,
  );
  return exitCodeOf(error);
});
