/** Text from the other end into a message, or why it is none. */

import type { z } from "zod";
import { WIRE } from "./limits.ts";
import { type FromAgent, type FromServer, fromAgent, fromServer } from "./messages.ts";

export type Decoded<Message> = { readonly message: Message } | { readonly problem: string };

/** Deeper nesting than any message has; JSON.parse itself would take millions of brackets. */
const DEPTH = 16;

export function decodeFromAgent(text: string): Decoded<FromAgent> {
  return decode(text, fromAgent);
}

export function decodeFromServer(text: string): Decoded<FromServer> {
  return decode(text, fromServer);
}

/** Never throws, whatever the text. */
export function decode<Message>(text: string, schema: z.ZodType<Message>): Decoded<Message> {
  if (text.length > WIRE.messageBytes) return { problem: `it has ${text.length} characters` };
  if (isDeep(text)) return { problem: `it is nested more than ${DEPTH} deep` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "it is not JSON" };
  }
  const found = schema.safeParse(value);
  if (found.success) return { message: found.data };
  const [issue] = found.error.issues;
  const place = issue?.path.map(String).join(".") ?? "";
  return {
    problem: `${place === "" ? "" : `${place}: `}${issue?.message ?? "it is no message"}`.slice(0, 300),
  };
}

/** Counts brackets outside of strings. */
function isDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (inString) {
      if (unit === 0x5c) at++;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x5b || unit === 0x7b) {
      depth += 1;
      if (depth > DEPTH) return true;
    } else if (unit === 0x5d || unit === 0x7d) depth -= 1;
  }
  return false;
}
