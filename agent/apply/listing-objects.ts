/** A listing of our table, taken apart. */

/** The lines of each chain, set and map by its heading (`chain input`, `set web_4`); each element of a set is a line. */
export function objectsIn(listing: string): ReadonlyMap<string, readonly string[]> {
  const objects = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of withElementsApart(listing).split("\n")) {
    const heading = /^\t(\w+ \S+) \{$/.exec(line)?.[1];
    if (heading !== undefined) {
      lines = [];
      objects.set(heading, lines);
    } else if (line.startsWith("\t\t")) lines.push(line.trim());
  }
  return objects;
}

/** `elements = { a, b,\n c }` becomes a line for each element. */
function withElementsApart(listing: string): string {
  return listing.replace(/^\t\telements = \{([^}]*)\}/gm, (_, elements: string) =>
    elements
      .split(",")
      .map((element) => `\t\t${element.trim()}`)
      .join("\n"),
  );
}
