/** The YAML library's faults in words that help. */

/** The beginning of the library's message, and ours: what was found and what was expected. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^Tabs are not allowed/, "a tab is used for indentation, expected spaces"],
  [
    /^All mapping items must start/,
    "this line is indented otherwise than the keys beside it, expected the same column",
  ],
  [
    /^All sequence items must start/,
    "this line is indented otherwise than the items beside it, expected the same column",
  ],
  [
    /^Nested mappings are not allowed in compact/,
    "a second ': ' stands on one line, expected one; a value that holds ': ' needs quotes",
  ],
  [
    /^Implicit keys? need|^Implicit keys of flow/,
    "a key runs over several lines, expected `key:` on one line",
  ],
  [/^Implicit map keys need to be followed/, "this is no `key: value`, expected ': ' and a value"],
  [/^Flow map in block/, "a '{' is not closed, expected '}'"],
  [/^Flow sequence in block/, "a '[' is not closed, expected ']'"],
  [/^Flow map must end|^Expected flow map to end/, "a '{' is not closed, expected '}'"],
  [/^Flow sequence must end|^Expected flow sequence to end/, "a '[' is not closed, expected ']'"],
  [/^Missing closing '/, "a text that begins with ' is not closed, expected another '"],
  [/^Missing closing "/, 'a text that begins with " is not closed, expected another "'],
  [/^Missing , /, "two items follow one another, expected ',' between them"],
  [/^Unexpected , /, "there is nothing before this ',', expected an item"],
  [/^Unexpected scalar at node end/, "text follows a value that was already complete, expected a new line"],
  [
    /^A block sequence may not be used/,
    "an item of a list stands where a key was expected; items of one list begin in one column",
  ],
  [
    /^Block collections are not allowed/,
    "two entries inside brackets follow one another, expected ',' between them",
  ],
  [/^Unexpected block-seq-ind/, "a list begins behind `key:`, expected it on a line of its own"],
];

/** What the library calls the marks that it did not expect. */
const MARKS: Readonly<Record<string, string>> = {
  "flow-map-start": "{",
  "flow-map-end": "}",
  "flow-seq-start": "[",
  "flow-seq-end": "]",
  "map-value-ind": ":",
  "explicit-key-ind": "?",
  "seq-item-ind": "-",
  comma: ",",
};

/** The library's message in our words, or at least in our manner. */
export function yamlWords(message: string): string {
  const reserved =
    /^Plain value cannot start with (?:reserved character|directive indicator character) (.)/.exec(message);
  if (reserved) return `a value begins with ${reserved[1]}, expected quotes around it`;
  const unknown = /^Invalid escape sequence (.*)$/s.exec(message);
  if (unknown) return `'${unknown[1]}' is no escape that "…" knows, expected \\\\ for a backslash`;
  const mark = MARKS[/^Unexpected (\S+) (?:token|at node end)/.exec(message)?.[1] ?? ""];
  if (mark !== undefined) return `'${mark}' stands where nothing of its kind was expected`;
  const known = WORDS.find(([pattern]) => pattern.test(message));
  if (known) return known[1];
  const short = message.length > 120 ? `${message.slice(0, 120)}…` : message;
  return short.slice(0, 1).toLowerCase() + short.slice(1);
}
