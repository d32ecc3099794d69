/** What a document quotes of a command's output, compared with what the command prints: line by line, with what differs from run to run left out by name. */

/** Marks the block that follows as printed by a command. */
const MARK = /^<!-- printed by: (.+) -->$/;
const FENCE = "```";

/** What is another one in each run. All else has to be the same, letter by letter. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d\b/g, "DATE"],
  [/\b\d\d:\d\d:\d\d\b/g, "TIME"],
  [/sha256:[0-9a-f]{64}/g, "FINGERPRINT"],
  [/\bpid \d+/g, "pid N"],
  // How long something took, or has left.
  [/\b[\d,.]+ (min|ms|s)\b/g, "N $1"],
  // How often something was seen in the time that there was.
  [/\b[\d,.]+ (connections?|flows?|messages|forbidden packets|%)/g, "N $1"],
  [/\b(\d+) of the \d+ flows/g, "N of the N flows"],
  [/: [\d,]+ got through/g, ": N got through"],
  [/\ball of [\d,]+ messages/g, "all of N messages"],
  [/\bcover all of the flows/g, "cover N % of the flows"],
];

export interface Quote {
  readonly command: string;
  readonly lines: readonly string[];
}

/** Every block of a document that is marked as printed, and, without a command, every block of output that is not. */
export function quotesOf(markdown: string): readonly Quote[] {
  const quotes: Quote[] = [];
  let command = "";
  let inside: string[] | undefined;
  for (const line of markdown.split("\n")) {
    if (inside !== undefined && line === FENCE) {
      quotes.push({ command, lines: inside });
      [inside, command] = [undefined, ""];
    } else if (inside !== undefined) inside.push(line);
    else if (line === `${FENCE}console`) inside = [];
    else if (line.trim() !== "") command = MARK.exec(line)?.[1] ?? "";
  }
  return quotes;
}

/** The lines that a document quotes of this command and that its output does not have, in this order. A line of dots stands for any others. */
export function missing(markdown: string, command: string, output: string): readonly string[] {
  const quoted = quotesOf(markdown).filter((quote) => quote.command === command);
  if (quoted.length === 0) return [`nothing is quoted of ${command}`];
  const printed = output.split("\n").map(normalised);
  return quoted.flatMap(({ lines }) => {
    let from = 0;
    return lines.filter((line) => {
      const wanted = normalised(line);
      if (wanted === "" || wanted === "…") return false;
      const at = printed.indexOf(wanted, from);
      if (at >= 0) from = at + 1;
      return at < 0;
    });
  });
}

export function normalised(line: string): string {
  const plain = line.replace(/\s+/g, " ").trim();
  return VARIABLE.reduce((text, [pattern, name]) => text.replace(pattern, name), plain);
}
