import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

/** `role=web,env=prod` as labels. Throws `command/wrong-usage`. */
export function parseLabels(text: string): Readonly<Record<string, string>> {
  const pairs = text
    .split(",")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [, label, value] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
      if (label === undefined || value === undefined)
        throw new BulkheadError("command/wrong-usage", `'${pair}' is no label, expected LABEL=VALUE`);
      return [label.trim(), value.trim()] as const;
    });
  return Object.fromEntries(pairs);
}

/** `90s`, `24h`, `7d` in seconds. Throws `command/wrong-usage`. */
export function parseSeconds(option: string, text: string): number {
  const [, number, unit] = /^(\d{1,9})(s|m|h|d)$/.exec(text) ?? [];
  const factor = { s: 1, m: 60, h: 3_600, d: 86_400 }[unit ?? ""];
  if (factor === undefined || Number(number) === 0)
    throw new BulkheadError(
      "command/wrong-usage",
      `--${option} is '${text}', expected a time such as 90s, 24h or 7d`,
    );
  return Number(number) * factor;
}
