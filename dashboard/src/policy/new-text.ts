/** Text that a draft begins with. */

import type { PolicyFile } from "../api/queries.ts";

export const FIRST_POLICY = `# Who may talk to whom. Ctrl-Space shows what may stand at a place.
segments:
  web: { select: "role=web", mode: observe }
  db: { select: "role=db", mode: observe }

rules:
  - { name: orders, allow: tcp/5432, from: web, to: db }
`;

/** The files with one more rule at the end of the last one that has rules, where the address asks for one (`from`, `to`, `service`). */
export function withRule(
  files: readonly PolicyFile[],
  { from, to, service }: Readonly<Record<string, string>>,
): readonly PolicyFile[] {
  if (from === undefined || to === undefined || service === undefined) return files;
  const at = files.findLastIndex(({ text }) => /^rules:/m.test(text));
  const indent =
    at < 0 ? "  " : (/^rules:\s*\n(?:\s*#.*\n|\s*\n)*(\s*)-/m.exec(files[at]?.text ?? "")?.[1] ?? "  ");
  const rule = `${indent}- { allow: ${service}, from: ${quoted(from)}, to: ${quoted(to)} }\n`;
  const extended = files.map((file, place) =>
    place === at ? { ...file, text: inRules(file.text, rule) } : file,
  );
  return at < 0 ? [...files, { name: "drafted.yaml", text: `rules:\n${rule}` }] : extended;
}

/** Before the next block at the top, without the empty lines and comments that belong to that. */
function inRules(text: string, rule: string): string {
  const lines = text.replace(/\n*$/, "\n").split(/(?<=\n)/);
  const start = lines.findIndex((line) => line.startsWith("rules:"));
  const next = lines.findIndex((line, at) => at > start && /^[^\s#-]/.test(line));
  let end = next < 0 ? lines.length : next;
  while (end > start + 1 && /^\s*(?:#.*)?$/.test(lines[end - 1] ?? "")) end -= 1;
  return [...lines.slice(0, end), rule, ...lines.slice(end)].join("");
}

/** IPv6 addresses have colons, which in YAML mean something. */
function quoted(end: string): string {
  return /^[\w./-]+$/.test(end) ? end : JSON.stringify(end);
}
