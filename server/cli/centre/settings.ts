import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { nearest } from "@bulkhead/shared/policy/suggest.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { columnsText } from "./words.ts";

export interface SettingsOptions extends ConnectionOptions {
  readonly name: string | undefined;
  readonly value: string | undefined;
}

interface SettingView {
  readonly key: string;
  readonly value: number;
  readonly unit: "seconds" | "bytes" | "people";
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly about: string;
}

const PATH = "/api/v1/settings";
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

export async function workOnSettings(options: SettingsOptions, { out }: Terminal): Promise<ExitCode> {
  const { name, value, json } = options;
  const client = await connectTo(options);
  const known = await client.get<SettingView[]>(PATH);
  const asked = name === undefined ? known : [settingOf(name, known)];
  const [one] = asked;
  const settings =
    value === undefined || one === undefined
      ? asked
      : (await client.send<SettingView[]>("PATCH", PATH, { [one.key]: parseAmount(one, value) })).filter(
          ({ key }) => key === one.key,
        );
  if (json) await out.write(`${JSON.stringify({ formatVersion: 1, settings }, null, 2)}\n`);
  else if (name === undefined)
    await out.write(columnsText(["setting", "value", "default", "what it is"], settings.map(rowOf)));
  else for (const setting of settings) await out.write(explained(setting));
  return 0;
}

function settingOf(name: string, known: readonly SettingView[]): SettingView {
  const found = known.find((setting) => nameOf(setting) === name);
  if (found !== undefined) return found;
  const names = known.map(nameOf);
  const near = nearest(name, names);
  const hint = near === undefined ? names.join(", ") : `'${near}'`;
  throw new BulkheadError("command/wrong-usage", `there is no setting '${name}', expected ${hint}`);
}

/** `flowsFineSeconds` is `flows-fine` here. */
export function nameOf({ key }: Pick<SettingView, "key">): string {
  return key
    .replace(/Seconds$/, "")
    .replace(/Bytes$/, "-size")
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function rowOf(setting: SettingView): readonly string[] {
  return [
    nameOf(setting),
    amountText(setting, setting.value),
    amountText(setting, setting.default),
    setting.about,
  ];
}

function explained(setting: SettingView): string {
  const [least, most] = [amountText(setting, setting.least), amountText(setting, setting.most)];
  const [name, value, usual, about] = rowOf(setting);
  return `${name} is ${value} (${usual} unless it is set, ${least} to ${most}): ${about}\n`;
}

/** In the largest unit that it is a whole number of. */
export function amountText({ unit }: Pick<SettingView, "unit">, amount: number): string {
  if (amount === 0) return "0";
  const [letter, factor] = UNITS[unit].find(([, one]) => amount % one === 0) ?? ["", 1];
  return `${amount / factor}${letter}`;
}

function parseAmount({ unit }: SettingView, text: string): number {
  const [, number, letter] = /^(\d{1,12})([a-zA-Z]?)$/.exec(text) ?? [];
  const factor = UNITS[unit].find(([known]) => known === letter)?.[1] ?? (number === "0" ? 1 : undefined);
  if (number === undefined || factor === undefined)
    throw new BulkheadError("command/wrong-usage", `'${text}' is no ${EXPECTED[unit]}`);
  return Number(number) * factor;
}
