/** The thread that judges: see thread.ts. */

import { parentPort, workerData } from "node:worker_threads";
import { changingHosts } from "./changing-hosts.ts";
import { newDenials } from "./denied-before.ts";
import { unusedOf } from "./finding-unused.ts";
import { lintOf } from "./linting.ts";
import { type Progress, planOf, proveTask } from "./plan.ts";
import { suggestionOf } from "./suggesting.ts";
import type { FromThread, ToThread } from "./thread.ts";

const task = workerData as ToThread;
const say = (message: FromThread) => parentPort?.postMessage(message);
const progress = (progress: Progress) => say({ kind: "progress", progress });

switch (task.kind) {
  case "plan":
    say({ kind: "planned", planned: planOf(task.task, progress) });
    break;
  case "proof":
    say({ kind: "proved", proof: proveTask(task.task) });
    break;
  case "suggestion":
    say({ kind: "suggested", suggested: suggestionOf(task.task, progress) });
    break;
  case "lint":
    say({ kind: "linted", linted: lintOf(task.task, progress) });
    break;
  case "unused":
    say({ kind: "unused", found: unusedOf(task.task, progress) });
    break;
  case "changing":
    say({ kind: "changing", hosts: changingHosts(task.task) });
    break;
  case "denials":
    say({ kind: "denials", denials: newDenials(task.task) });
    break;
}
