/** Numbers as people read them. */

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** `999 B`, `1.2 kB`, `34 MB`: three figures at most, in steps of 1000. */
export function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const figures = unit === 0 || value >= 9.95 ? String(Math.round(value)) : value.toFixed(1);
  return `${figures} ${UNITS[unit]}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
