/** The server's settings, in its own words and bounds, written as on the command line. */

import type { SettingView } from "@bulkhead/server/api/shapes.ts";
import { amountText, parseAmount, settingName } from "@bulkhead/shared/settings/setting-words.ts";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { send } from "../api/client.ts";
import { Failure } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";

export function SettingsForm({ settings }: { readonly settings: readonly SettingView[] }) {
  const may = useMay("administrator");
  const client = useQueryClient();
  const [texts, setTexts] = useState<ReadonlyMap<string, string>>(new Map());
  const [error, setError] = useState<Error | undefined>();
  const entries = settings.map((setting) => entryOf(setting, texts.get(setting.key)));
  const changed = entries.filter(({ setting, amount }) => amount !== undefined && amount !== setting.value);
  const isWrong = entries.some(({ problem }) => problem !== undefined);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setError(undefined);
    try {
      await send(
        "PATCH",
        "settings",
        Object.fromEntries(changed.map(({ setting: { key }, amount }) => [key, amount])),
      );
      await client.invalidateQueries({ queryKey: ["settings"] });
    } catch (failed) {
      setError(failed as Error);
    }
  };
  return (
    <form className="form" onSubmit={save}>
      {entries.map((entry) => (
        <Field
          key={entry.setting.key}
          entry={entry}
          isFixed={!may}
          onChange={(text) => setTexts(new Map(texts).set(entry.setting.key, text))}
        />
      ))}
      {error !== undefined && <Failure error={error} />}
      {may && (
        <div>
          <button type="submit" className="button main" disabled={changed.length === 0 || isWrong}>
            Save
          </button>
        </div>
      )}
    </form>
  );
}

interface Entry {
  readonly setting: SettingView;
  readonly text: string;
  /** What it says, where it is an amount within the bounds, and else what is wrong with it. */
  readonly amount: number | undefined;
  readonly problem: string | undefined;
}

function entryOf(setting: SettingView, written: string | undefined): Entry {
  const { value, unit, least, most } = setting;
  const text = written ?? amountText(value, unit);
  const read = parseAmount(text.trim(), unit);
  if ("problem" in read) return { setting, text, amount: undefined, problem: read.problem };
  const isWithin = read.amount >= least && read.amount <= most;
  const bounds = `expected ${amountText(least, unit)} to ${amountText(most, unit)}`;
  return { setting, text, amount: read.amount, problem: isWithin ? undefined : bounds };
}

function Field({
  entry: { setting, text, problem },
  isFixed,
  onChange,
}: {
  readonly entry: Entry;
  readonly isFixed: boolean;
  readonly onChange: (text: string) => void;
}) {
  const { key, title, about, value, default: usual, unit } = setting;
  return (
    <label>
      <span className="setting-title">
        {title} <code>{settingName(key)}</code>
      </span>
      <input
        value={text}
        disabled={isFixed}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem !== undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {problem !== undefined && (
        <small className="bad-words" role="alert">
          {problem}
        </small>
      )}
      <small>
        {about}
        {value === usual ? "" : ` (${amountText(usual, unit)} unless it is set)`}
      </small>
    </label>
  );
}
