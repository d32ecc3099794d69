/** What both programs say when they fail, so that an operator reads one language. */

import type { BulkheadError } from "./bulkhead-error.ts";
import { catalogue } from "./catalogue.ts";
import type { Severity } from "./error.ts";
import { printable } from "./printable.ts";

/** 0 done or yes; 1 it ran and the answer is no; 2 wrong usage or an invalid policy; 3 it could not run. */
export type ExitCode = 0 | 1 | 2 | 3;

/** How a program ends that this error stopped. */
export function exitCodeOf(error: BulkheadError): ExitCode {
  const severity: Severity = catalogue[error.code].severity;
  return severity === "fatal" ? 3 : 2;
}

/** Two lines: `PROGRAM: what happened [code]`, and below it what to do. */
export function errorText(program: string, error: BulkheadError): string {
  return `${program}: ${printable(error.message)} [${error.code}]\n  ${printable(error.remedy)}\n`;
}
