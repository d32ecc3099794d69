/** The thread that judges: see thread.ts. */

import { parentPort, workerData } from "node:worker_threads";
import { planOf, proveTask } from "./plan.ts";
import type { FromThread, ToThread } from "./thread.ts";

const task = workerData as ToThread;
const say = (message: FromThread) => parentPort?.postMessage(message);

switch (task.kind) {
  case "plan":
    say({ kind: "planned", planned: planOf(task.task, (progress) => say({ kind: "progress", progress })) });
    break;
  case "proof":
    say({ kind: "proved", proof: proveTask(task.task) });
    break;
}
