/** Spans of time as people write them: `60s`, `5m`, `1h30m`. */

const UNITS = { h: 3600, m: 60, s: 1 } as const;

/** Seconds; undefined for what is no duration. A number alone counts seconds. */
export function parseDuration(text: string): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const parts = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/.exec(text);
  if (parts === null || text === "") return undefined;
  const [, hours = "0", minutes = "0", seconds = "0"] = parts;
  return Number(hours) * UNITS.h + Number(minutes) * UNITS.m + Number(seconds);
}

export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / UNITS.h), "h"],
    [Math.floor((whole % UNITS.h) / UNITS.m), "m"],
    [whole % UNITS.m, "s"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return said.length === 0 ? "0s" : said.join("");
}
