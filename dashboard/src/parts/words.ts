/** Numbers and moments as people read them. */

const NUMBER = new Intl.NumberFormat("en");
const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

const DAY_MILLISECONDS = 86_400_000;

export function count(number: number): string {
  return NUMBER.format(number);
}

/** `1 host`, `3 hosts`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

export function bytes(number: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = number;
  let at = 0;
  while (value >= 1_000 && at < units.length - 1) {
    value /= 1_000;
    at += 1;
  }
  return `${value >= 100 || at === 0 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

/** Today the time of day, else the day as well. */
export function moment(at: number, now = Date.now()): string {
  return now - at < DAY_MILLISECONDS ? CLOCK.format(at) : DAY.format(at);
}

export function fullMoment(at: number): string {
  return FULL.format(at);
}

/** `just now`, `5 min ago`, `in 3 h`. */
export function ago(at: number, now = Date.now()): string {
  const seconds = Math.round((now - at) / 1_000);
  const words = span(Math.abs(seconds));
  if (Math.abs(seconds) < 5) return "just now";
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

/** `9:58`, `1:00:00`. */
export function countdown(seconds: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export function span(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
