import { type ReactNode, useEffect, useState } from "react";
import { WINDOWS } from "../api/window.ts";
import type { Changes } from "../parts/address-state.ts";
import { Choice } from "../parts/choice.tsx";
import { Icon } from "../parts/icon.tsx";

const VERDICTS = [
  { value: "", words: "All" },
  { value: "allow", words: "Allowed" },
  { value: "would-deny", words: "Would be denied" },
  { value: "deny", words: "Denied" },
] as const;

const FIELDS = [
  { name: "from", words: "From", example: "web-1, web, 10.0.0.0/8" },
  { name: "to", words: "To", example: "db-1, any segment" },
  { name: "service", words: "Service", example: "tcp/5432" },
  { name: "segment", words: "Segment", example: "either end" },
  { name: "host", words: "Host", example: "either end" },
  { name: "unit", words: "Unit", example: "nginx" },
  { name: "peer", words: "Peer", example: "name or address" },
] as const;
/** Shown always; the others once they are in use, as links from elsewhere set them. */
const ALWAYS: ReadonlySet<string> = new Set(["from", "to", "service"]);

export function FilterBar({
  state,
  onChange,
  more = {},
  children,
}: {
  readonly state: Readonly<Record<string, string>>;
  readonly onChange: (changes: Changes) => void;
  /** What is cleared with the others, beside what it is set by. */
  readonly more?: Readonly<Record<string, undefined>>;
  readonly children?: ReactNode;
}) {
  const shown = FIELDS.filter(({ name }) => ALWAYS.has(name) || state[name] !== undefined);
  const isFiltered = [...FIELDS.map(({ name }) => name), ...Object.keys(more), "verdict", "unconfirmed"].some(
    (name) => state[name],
  );
  return (
    <search className="filters">
      {shown.map(({ name, words, example }) => (
        <FilterField
          key={name}
          name={words}
          example={example}
          value={state[name] ?? ""}
          onChange={(value) => onChange({ [name]: value })}
        />
      ))}
      <Choice
        label="Verdict"
        value={(VERDICTS.find(({ value }) => value === state.verdict) ?? VERDICTS[0]).value}
        options={VERDICTS}
        onChange={(verdict) => onChange({ verdict })}
      />
      <label className="field">
        <span>Last</span>
        <select value={state.window ?? "1h"} onChange={(event) => onChange({ window: event.target.value })}>
          {WINDOWS.map(({ name, words }) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {children}
      {isFiltered && (
        <button
          type="button"
          className="quiet text"
          onClick={() =>
            onChange({
              ...Object.fromEntries(FIELDS.map(({ name }) => [name, undefined])),
              ...more,
              verdict: undefined,
              unconfirmed: undefined,
            })
          }
        >
          <Icon name="close" /> Clear
        </button>
      )}
    </search>
  );
}

const PAUSE_MILLISECONDS = 250;

/** Takes effect when the writer pauses. */
export function FilterField({
  name,
  example,
  value,
  onChange,
}: {
  readonly name: string;
  readonly example: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  if (told !== value) {
    // The address was changed from elsewhere.
    setTold(value);
    setText(value);
  }
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => {
      setTold(text.trim());
      onChange(text.trim());
    }, PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <label className="field">
      <span>{name}</span>
      <input
        value={text}
        placeholder={example}
        spellCheck={false}
        autoCapitalize="off"
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}
