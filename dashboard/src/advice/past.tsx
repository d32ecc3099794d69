/** How far back advice looks. */

import { Choice } from "../parts/choice.tsx";

const DAY = 86_400_000;

export const PASTS = [
  { value: "1h", words: "An hour", milliseconds: DAY / 24 },
  { value: "24h", words: "A day", milliseconds: DAY },
  { value: "7d", words: "A week", milliseconds: 7 * DAY },
  { value: "30d", words: "30 days", milliseconds: 30 * DAY },
  { value: "90d", words: "90 days", milliseconds: 90 * DAY },
] as const;
export type Past = (typeof PASTS)[number]["value"];

export function pastNamed(name: string | undefined, usual: Past): (typeof PASTS)[number] {
  return PASTS.find(({ value }) => value === (name ?? usual)) ?? PASTS[2];
}

export function PastChoice({
  value,
  onChange,
}: {
  readonly value: Past;
  readonly onChange: (past: Past) => void;
}) {
  return <Choice label="How far back" value={value} options={PASTS} onChange={onChange} />;
}
