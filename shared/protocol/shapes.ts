/** Shapes that several messages share. */

import { z } from "zod";
import { formatAddress, parseAddress } from "../net/address.ts";
import { WIRE } from "./limits.ts";

/** An address in its canonical text. */
export const address = z.string().max(45).refine(isCanonical, "expected an address in its canonical text");

export const word = z.string().max(WIRE.word);
export const digest = z.string().regex(/^[0-9a-f-]{1,100}$/);
export const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** Milliseconds since 1970-01-01T00:00Z. */
export const moment = z.number().int().min(0).max(8.64e15);
export const port = z.number().int().min(1).max(65_535);
export const direction = z.enum(["ingress", "egress"]);
export const mode = z.enum(["enforce", "observe", "off"]);
export const modes = z.strictObject({ ingress: mode, egress: mode });
export const verdict = z.enum(["allow", "deny", "would-deny"]);
export const ruleRef = z.strictObject({
  name: word,
  file: word,
  line: z.number().int().nonnegative(),
  note: word.optional(),
});

function isCanonical(text: string): boolean {
  const parsed = parseAddress(text);
  return parsed !== undefined && formatAddress(parsed) === text;
}
