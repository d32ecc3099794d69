/** `npm start -- break`: asks the shop that is up in another terminal to break something, and shows what that did. */

import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { nearest } from "@bulkhead/shared/policy/suggest.ts";
import { type ControlAnswer, SOCKET } from "./faults/control.ts";
import { FAULTS } from "./faults/faults.ts";
import type { BreakOptions } from "./options.ts";
import { findRunning } from "./running.ts";

const NAME_WIDTH = 13;

/** Gives the exit code: 1 where something got through that must not, or did not go on. Throws a TypeError for a fault that there is not. */
export async function breakSomething({ lab, fault }: BreakOptions): Promise<number> {
  if (fault === undefined) {
    process.stdout.write(faultList());
    return 0;
  }
  const known = FAULTS.map(({ name }) => name);
  if (!known.includes(fault)) {
    const meant = nearest(fault, known);
    throw new TypeError(
      `there is no fault '${fault}'; ${meant === undefined ? `there is ${known.join(", ")}` : `did you mean '${meant}'?`}`,
    );
  }
  const { folder, pid } = await findRunning(lab);
  const asking = connect(join(folder, SOCKET));
  try {
    await once(asking, "connect");
  } catch {
    throw new Error(
      `what is up (process id ${pid}) is the lab of \`prove\`, or is still being built: break needs the shop that npm start opens`,
    );
  }
  asking.write(`${fault}\n`);
  for await (const line of createInterface({ input: asking })) {
    const answer = JSON.parse(line) as ControlAnswer;
    if ("problem" in answer) throw new Error(answer.problem);
    if ("code" in answer) return answer.code;
    process.stdout.write(`  ${answer.line}\n`);
  }
  throw new Error("the shop closed before it was done");
}

/** Every fault with what it does. */
function faultList(): string {
  const lines = FAULTS.map(
    ({ name, summary }) => `  npm start -- break ${name.padEnd(NAME_WIDTH)}${summary}\n`,
  );
  return `${lines.join("")}
While it is broken, somebody tries what is forbidden as fast as he can and an allowed session goes on; both are counted, and afterwards all is as it was.
`;
}
