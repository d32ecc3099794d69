/** What all pages of docs/reference have in common. */

const MADE =
  "Made from the code by `UPDATE_GOLDEN=1 packaging/pinned-node node_modules/vitest/vitest.mjs run test/reference`; a test holds it to be so.";

export function page(title: string, ...parts: readonly string[]): string {
  return `${[`# ${title}`, MADE, ...parts].join("\n\n")}\n`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** A pipe would end the cell, an angle bracket begin markup. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");
}
