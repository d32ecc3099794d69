/** The server's settings, in its own words and bounds. */

import type { SettingView } from "@bulkhead/server/api/shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { send } from "../api/client.ts";
import { Failure } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { bytes, span } from "../parts/words.ts";

export function SettingsForm({ settings }: { readonly settings: readonly SettingView[] }) {
  const may = useMay("administrator");
  const client = useQueryClient();
  const [values, setValues] = useState(() => new Map(settings.map(({ key, value }) => [key, value])));
  const [error, setError] = useState<Error | undefined>();
  const changed = settings.filter(({ key, value }) => values.get(key) !== value);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setError(undefined);
    try {
      await send("PATCH", "settings", Object.fromEntries(changed.map(({ key }) => [key, values.get(key)])));
      await client.invalidateQueries({ queryKey: ["settings"] });
    } catch (failed) {
      setError(failed as Error);
    }
  };
  return (
    <form className="form" onSubmit={save}>
      {settings.map(({ key, unit, least, most, about, value, default: usual }) => (
        <label key={key}>
          <span>
            {key}, in {unit}
          </span>
          <input
            type="number"
            min={least}
            max={most}
            value={values.get(key)}
            disabled={!may}
            onChange={(event) => setValues(new Map(values).set(key, event.target.valueAsNumber || 0))}
          />
          <small>
            {about}. Now {words(value, unit)}
            {value === usual ? ", as it is by itself" : `; by itself it is ${words(usual, unit)}`}.
          </small>
        </label>
      ))}
      {error !== undefined && <Failure error={error} />}
      {may ? (
        <div>
          <button type="submit" className="button main" disabled={changed.length === 0}>
            Save
          </button>
        </div>
      ) : (
        <p className="dim">Only an administrator changes these.</p>
      )}
    </form>
  );
}

function words(value: number, unit: SettingView["unit"]): string {
  if (unit === "people") return String(value);
  return unit === "bytes" ? bytes(value) : span(value);
}
