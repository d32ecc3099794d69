/** Words of a manual page, in the man(7) macros that every reader of manual pages knows. */

/** Text as it is, wherever it stands in a line. */
export function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replace(/^\./gm, "\\&.");
}

export function paragraph(text: string): readonly string[] {
  return [".PP", roff(text)];
}

/** A term, and indented below it what it means. */
export function term(name: string, meaning: string): readonly string[] {
  return [".TP", `\\fB${roff(name)}\\fR`, roff(meaning)];
}

/** Lines that stay as they are. */
export function verbatim(text: string): readonly string[] {
  return [".PP", ".RS 4", ".nf", roff(text), ".fi", ".RE"];
}

export interface ManualTitle {
  readonly name: string;
  readonly section: number;
  /** Seconds since 1970. */
  readonly epoch: number;
  readonly version: string;
  /** What the section is, at the head of the page. */
  readonly heading: string;
}

export function manualPage(title: ManualTitle, summary: string, body: readonly string[]): string {
  const date = new Date(title.epoch * 1000).toISOString().slice(0, 10);
  const head = `.TH ${roff(title.name.toUpperCase())} ${title.section} ${date} "Bulkhead ${title.version}" "${title.heading}"`;
  return `${[head, ".SH NAME", `${roff(title.name)} \\- ${roff(summary)}`, ...body].join("\n")}\n`;
}
