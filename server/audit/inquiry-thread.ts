/** The thread of an inquiry: see inquiries.ts. */

import { parentPort, workerData } from "node:worker_threads";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { collectEvidence } from "./evidence/collecting.ts";
import type { FromInquiry, InquiryTask } from "./inquiries.ts";
import { verifyStore } from "./verification.ts";

const task = workerData as InquiryTask;
tell(answerTo());

function tell(message: FromInquiry): void {
  parentPort?.postMessage(message);
}

/** What goes wrong is told by its code: an error's class is lost on the way. */
function answerTo(): FromInquiry {
  try {
    if (task.kind === "evidence") return { kind: "evidence", evidence: collectEvidence(task) };
    const progress = (entries: number) => tell({ kind: "progress", entries });
    return { kind: "verdict", verdict: verifyStore(task.path, { kept: task.kept, progress }) };
  } catch (error) {
    if (!(error instanceof BulkheadError)) throw error;
    return { kind: "failed", code: error.code, words: error.message };
  }
}
