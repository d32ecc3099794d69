import { createInterface } from "node:readline/promises";
import type { Terminal } from "@bulkhead/terminal/output.ts";

/** Whether somebody is there to be asked. */
export function canAsk({ err }: Terminal): boolean {
  return process.stdin.isTTY === true && err.isTerminal;
}

/** Asks on standard error; anything but yes is no. */
export async function ask(question: string, { err }: Terminal): Promise<boolean> {
  await err.write(`${question} [y/N] `);
  const lines = createInterface({ input: process.stdin });
  try {
    const { value } = await lines[Symbol.asyncIterator]().next();
    return /^\s*y(?:es)?\s*$/i.test(value ?? "");
  } finally {
    lines.close();
  }
}
