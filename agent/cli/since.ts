import { parseDuration } from "./duration.ts";
import { wrongValue } from "./wrong-value.ts";

const LONGEST_DAYS = 366;

/** The seconds of an option `--since`. Throws `command/wrong-usage`. */
export function since(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = /^(\d{1,3})d$/.exec(text)?.[1];
  const seconds = days === undefined ? parseDuration(text) : Number(days) * 86_400;
  if (seconds !== undefined && seconds > 0 && seconds <= LONGEST_DAYS * 86_400) return seconds;
  throw wrongValue("since", text, "a time such as 10m, 24h or 7d");
}
