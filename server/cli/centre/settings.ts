import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { nearest } from "@bulkhead/shared/policy/suggest.ts";
import {
  type AmountUnit,
  amountText,
  parseAmount,
  settingName,
} from "@bulkhead/shared/settings/setting-words.ts";
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
  readonly unit: AmountUnit;
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly about: string;
}

const PATH = "/api/v1/settings";
export async function workOnSettings(options: SettingsOptions, { out }: Terminal): Promise<ExitCode> {
  const { name, value, json } = options;
  const client = await connectTo(options);
  const known = await client.get<SettingView[]>(PATH);
  const asked = name === undefined ? known : [settingOf(name, known)];
  const [one] = asked;
  const settings =
    value === undefined || one === undefined
      ? asked
      : (await client.send<SettingView[]>("PATCH", PATH, { [one.key]: amountOf(one, value) })).filter(
          ({ key }) => key === one.key,
        );
  if (json) await out.write(`${JSON.stringify({ formatVersion: 1, settings }, null, 2)}\n`);
  else if (name === undefined)
    await out.write(columnsText(["setting", "value", "default", "what it is"], settings.map(rowOf)));
  else for (const setting of settings) await out.write(explained(setting));
  return 0;
}

function settingOf(name: string, known: readonly SettingView[]): SettingView {
  const found = known.find(({ key }) => settingName(key) === name);
  if (found !== undefined) return found;
  const names = known.map(({ key }) => settingName(key));
  const near = nearest(name, names);
  const hint = near === undefined ? names.join(", ") : `'${near}'`;
  throw new BulkheadError("command/wrong-usage", `there is no setting '${name}', expected ${hint}`);
}

function rowOf(setting: SettingView): readonly string[] {
  return [
    settingName(setting.key),
    amountText(setting.value, setting.unit),
    amountText(setting.default, setting.unit),
    setting.about,
  ];
}

function explained(setting: SettingView): string {
  const [least, most] = [amountText(setting.least, setting.unit), amountText(setting.most, setting.unit)];
  const [name, value, usual, about] = rowOf(setting);
  return `${name} is ${value} (${usual} unless it is set, ${least} to ${most}): ${about}\n`;
}

function amountOf({ unit }: SettingView, text: string): number {
  const read = parseAmount(text, unit);
  if ("problem" in read) throw new BulkheadError("command/wrong-usage", read.problem);
  return read.amount;
}
