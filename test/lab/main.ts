/** `npm start`: the lab. */

import type { WriteStream } from "node:tty";
import { execOnHost, writeAddressBook } from "./address-book.ts";
import { Interruption } from "./interruption.ts";
import { Lab, type Report } from "./lab.ts";
import { type LabOptions, readOptions } from "./options.ts";
import { reportJson } from "./report-json.ts";
import { InvalidPolicy } from "./scenario.ts";
import { Screen } from "./screen.ts";
import { tellInvitation, tellNext } from "./telling.ts";
import { Window } from "./window.ts";

async function show(options: LabOptions, screen: Screen, interruption: Interruption): Promise<Report> {
  const lab = new Lab(options, screen);
  const scenario = await lab.prepare();
  await using undo = new AsyncDisposableStack();
  const stage = await lab.build(scenario, undo);
  await writeAddressBook(stage);
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
  return report;
}

async function run(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv, process.stdout.isTTY === true);
  if (typeof options === "string") {
    process.stdout.write(options);
    return 0;
  }
  if (options.kind === "exec") return execOnHost(options.host, options.command);
  const screen = new Screen((options.json ? process.stderr : process.stdout) as WriteStream);
  const interruption = new Interruption();
  try {
    const report = await show(options, screen, interruption);
    if (options.stays) screen.line("  The hosts are gone, and nothing is left behind.");
    if (options.json) process.stdout.write(`${reportJson(report)}\n`);
    return report.held ? 0 : 1;
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

process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(
    error instanceof Error && process.env.BULKHEAD_DEBUG === undefined
      ? `npm start: ${error.message}`
      : error,
  );
  return exitCodeOf(error);
});
