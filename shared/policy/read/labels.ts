import { LIMITS } from "../limits.ts";
import { isSelectorWord } from "../selector.ts";
import { quote } from "../text/tree.ts";
import { invisibleIn } from "./names.ts";

/** Why a text cannot be a label: where it is one, selectors can name it and people can see it. */
export function labelFault(label: string): string | undefined {
  if (label === "") return "a label is empty";
  return (
    fault(label) ??
    (isSelectorWord(label) ? undefined : `${quote(label)} has a space or one of = ! , ( ) < >`)
  );
}

/** Why a text cannot be a label's value. It may be empty, and hold what no selector can name. */
export function labelValueFault(value: string): string | undefined {
  return fault(value);
}

function fault(text: string): string | undefined {
  if (text.length > LIMITS.nameLength)
    return `${quote(text)} has ${text.length} characters, and ${LIMITS.nameLength} are the most that a label may have`;
  const invisible = invisibleIn(text);
  return invisible === undefined ? undefined : `${quote(text)} ${invisible}`;
}
