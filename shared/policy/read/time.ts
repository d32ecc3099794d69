/** Times as in ISO 8601, extended format, with their zone. */

/**
 * The last year that the kernel compares rightly: `meta time` counts nanoseconds since 1970 in 64 bits with a sign, and nft 1.0.6 wraps
 * years from 2554 on round to 1970.
 */
const LAST_YEAR = 2261;

const TIME =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)T(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?:(?<utc>Z)|(?<sign>[+-])(?<zoneHour>\d\d)(?::?(?<zoneMinute>\d\d))?)$/;

export interface TimeProblem {
  readonly problem: string;
  readonly hint?: string;
}

/** Milliseconds since 1970-01-01T00:00Z. */
export function parseTime(text: string): number | TimeProblem {
  const groups = TIME.exec(text)?.groups;
  if (groups === undefined) return { problem: "is no time", ...meantBy(text) };
  const part = (name: string) => Number(groups[name] ?? 0);
  const [year, month, day] = [part("year"), part("month"), part("day")];
  const [hour, minute, second] = [part("hour"), part("minute"), part("second")];
  if (day < 1 || day > daysIn(year, month)) return { problem: "is no day of the calendar" };
  if (hour > 23 || minute > 59 || second > 59) return { problem: "is no time of the day" };
  if (part("zoneHour") > 14 || part("zoneMinute") > 59) return { problem: "has no zone on earth" };
  if (year < 1970 || year > LAST_YEAR)
    return {
      problem: `lies outside the years 1970 to ${LAST_YEAR}`,
      ...(year > LAST_YEAR && { hint: "a rule without `expires` stays for good" }),
    };
  const zone = (groups.sign === "-" ? -1 : 1) * (part("zoneHour") * 60 + part("zoneMinute"));
  const milliseconds = Number((groups.fraction ?? "").padEnd(3, "0").slice(0, 3));
  return Date.UTC(year, month - 1, day, hour, minute - zone, second, milliseconds);
}

function daysIn(year: number, month: number): number {
  if (month < 1 || month > 12) return 0;
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Forms that people write, with what is missing. */
function meantBy(text: string): { readonly hint?: string } {
  if (/^\d{4}-\d\d-\d\d$/.test(text))
    return { hint: `write the time and its zone too, such as ${text}T00:00:00Z` };
  const spaced = text.replace(/^(\d{4}-\d\d-\d\d)[ t]+/, "$1T").replace(/\s*z$/i, "Z");
  if (TIME.test(spaced)) return { hint: `write ${spaced}` };
  if (TIME.test(`${spaced}Z`)) return { hint: `write its zone too, such as ${spaced}Z or ${spaced}+02:00` };
  return {};
}
