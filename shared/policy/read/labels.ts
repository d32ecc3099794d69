import { LIMITS } from "../limits.ts";
import { isLabel } from "../selector.ts";
import { quote } from "../text/tree.ts";
import { invisibleIn } from "./names.ts";

/** Why a text cannot be a label. */
export function labelFault(label: string): string | undefined {
  if (label === "") return "a label is empty";
  const fault = labelValueFault(label);
  if (fault !== undefined || isLabel(label)) return fault;
  return `${quote(label)} is no label, expected letters, digits and inner . _ - /`;
}

/** Why a text cannot be a label's value. It may be empty, and hold what no selector can name. */
export function labelValueFault(value: string): string | undefined {
  if (value.length > LIMITS.nameLength)
    return `${quote(value)} has ${value.length} characters, and ${LIMITS.nameLength} are the most that a label may have`;
  const invisible = invisibleIn(value);
  return invisible === undefined ? undefined : `${quote(value)} ${invisible}`;
}
