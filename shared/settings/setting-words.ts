/** Settings as people write them: `flows-size` is `20G`. Pure, so that the command line and the dashboard read and write them alike. */

export type AmountUnit = "seconds" | "bytes" | "people";

const UNITS = {
  seconds: [
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
    ["s", 1],
  ],
  bytes: [
    ["G", 1024 ** 3],
    ["M", 1024 ** 2],
  ],
  people: [["", 1]],
} as const;

const EXPECTED = {
  seconds: "time, expected one such as 90s, 24h or 7d",
  bytes: "size, expected one such as 500M or 20G",
  people: "number of people, expected one such as 1",
} as const;

/** `flowsFineSeconds` is `flows-fine` for people. */
export function settingName(key: string): string {
  return key
    .replace(/Seconds$/, "")
    .replace(/Bytes$/, "-size")
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** In the largest unit that it is a whole number of. */
export function amountText(amount: number, unit: AmountUnit): string {
  if (amount === 0) return "0";
  const [letter, factor] = UNITS[unit].find(([, one]) => amount % one === 0) ?? ["", 1];
  return `${amount / factor}${letter}`;
}

/** Seconds, bytes or people; what is wrong with the text, in words, where it is none. */
export function parseAmount(
  text: string,
  unit: AmountUnit,
): { readonly amount: number } | { readonly problem: string } {
  const [, number, letter] = /^(\d{1,12})([a-zA-Z]?)$/.exec(text) ?? [];
  const factor = UNITS[unit].find(([known]) => known === letter)?.[1] ?? (number === "0" ? 1 : undefined);
  if (number === undefined || factor === undefined) return { problem: `'${text}' is no ${EXPECTED[unit]}` };
  return { amount: Number(number) * factor };
}
