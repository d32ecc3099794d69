import { expect, test } from "vitest";
import { problemsOf } from "../fixtures/texts.ts";

test.each<[sentence: string, text: string, problems: readonly string[]]>([
  [
    "a second ': ' on a line",
    "a: b: c\n",
    [
      "p.yaml:1:4: error: a second ': ' stands on one line, expected one; a value that holds ': ' needs quotes [policy/invalid-yaml]",
    ],
  ],
  [
    "a value that has a ': ' in it",
    "mode: enforce: x\n",
    [
      "p.yaml:1:7: error: a second ': ' stands on one line, expected one; a value that holds ': ' needs quotes [policy/invalid-yaml]",
    ],
  ],
  [
    "a tab as indentation",
    "a:\n\t- b\n",
    ["p.yaml:2:1: error: a tab is used for indentation, expected spaces [policy/invalid-yaml]"],
  ],
  [
    "a single quote that is never closed, where it opens",
    "a: 'x\nb: c\n",
    ["p.yaml:1:4: error: a text that begins with ' is not closed, expected another ' [policy/invalid-yaml]"],
  ],
  [
    "a double quote that is never closed, where it opens",
    'a: "x\n',
    ['p.yaml:1:4: error: a text that begins with " is not closed, expected another " [policy/invalid-yaml]'],
  ],
  [
    "a brace that is never closed, where it opens",
    "a: {b: c\n",
    ["p.yaml:1:4: error: a '{' is not closed, expected '}' [policy/invalid-yaml]"],
  ],
  [
    "a bracket that is closed by indentation, where it opens",
    "a: [b\nc: d\n",
    ["p.yaml:1:4: error: a '[' is not closed, expected ']' [policy/invalid-yaml]"],
  ],
  [
    "of two brackets that are never closed each",
    "a: [\n  [b\nc: d\n",
    [
      "p.yaml:1:4: error: a '[' is not closed, expected ']' [policy/invalid-yaml]",
      "p.yaml:2:3: error: a '[' is not closed, expected ']' [policy/invalid-yaml]",
    ],
  ],
  [
    "a bracket too many",
    "rules: []}\n",
    ["p.yaml:1:10: error: '}' stands where nothing of its kind was expected [policy/invalid-yaml]"],
  ],
  [
    "a comma too many",
    "rules: [a,,b]\n",
    ["p.yaml:1:11: error: there is nothing before this ',', expected an item [policy/invalid-yaml]"],
  ],
  [
    "a comma too few in a list of maps",
    "services: {a: tcp/1 b: tcp/2}\n",
    [
      "p.yaml:1:15: error: two entries inside brackets follow one another, expected ',' between them [policy/invalid-yaml]",
    ],
  ],
  [
    "a list and keys side by side",
    "- a\nb: c\n",
    ["p.yaml:2:2: error: ':' stands where nothing of its kind was expected [policy/invalid-yaml]"],
  ],
  [
    "a key that is indented otherwise than its neighbours",
    "a:\n  b: 1\n c: 2\n",
    [
      "p.yaml:3:1: error: this line is indented otherwise than the keys beside it, expected the same column [policy/invalid-yaml]",
    ],
  ],
  [
    "an item that is indented otherwise than its neighbours",
    "rules:\n  - a\n - b\n",
    [
      "p.yaml:3:1: error: an item of a list stands where a key was expected; items of one list begin in one column [policy/invalid-yaml]",
    ],
  ],
  [
    "an escape that YAML does not know",
    'a: "\\q"\n',
    [
      "p.yaml:1:5: error: '\\q' is no escape that \"…\" knows, expected \\\\ for a backslash [policy/invalid-yaml]",
    ],
  ],
  [
    "a value that begins with @",
    "a: @x\n",
    ["p.yaml:1:4: error: a value begins with @, expected quotes around it [policy/invalid-yaml]"],
  ],
  [
    "a value that begins with a backtick",
    "a: `x\n",
    ["p.yaml:1:4: error: a value begins with `, expected quotes around it [policy/invalid-yaml]"],
  ],
  [
    "text after a quoted value",
    "a: 'b' c\n",
    [
      "p.yaml:1:8: error: text follows a value that was already complete, expected a new line [policy/invalid-yaml]",
    ],
  ],
  [
    "one fault a line, and all lines",
    'a: "\\q \\z"\nb: "\\q"\n',
    [
      "p.yaml:1:5: error: '\\q' is no escape that \"…\" knows, expected \\\\ for a backslash [policy/invalid-yaml]",
      "p.yaml:2:5: error: '\\q' is no escape that \"…\" knows, expected \\\\ for a backslash [policy/invalid-yaml]",
    ],
  ],
  [
    "a second document",
    "rules: []\n---\nrules: []\n",
    [
      "p.yaml:2:1: error: a second YAML document begins here, expected one in each file [policy/several-documents]",
    ],
  ],
  [
    "an empty second document",
    "rules: []\n---\n",
    [
      "p.yaml:2:1: error: a second YAML document begins here, expected one in each file [policy/several-documents]",
    ],
  ],
  [
    "a directive for another version of YAML",
    "%YAML 1.1\n---\nrules: []\n",
    ["p.yaml:1:1: error: the directive '%YAML 1.1' is not allowed [policy/unsupported-yaml]"],
  ],
  [
    "a tag",
    "rules: !!seq []\n",
    [
      "p.yaml:1:8: error: '!!seq' is a YAML tag, expected a plain value; text that begins with ! needs quotes [policy/unsupported-yaml]",
    ],
  ],
  [
    "a selector that begins with ! and is therefore a tag",
    "segments: { web: { select: !role } }\n",
    [
      "p.yaml:1:28: error: '!role' is a YAML tag, expected a plain value; text that begins with ! needs quotes [policy/unsupported-yaml]",
    ],
  ],
  [
    "every tag",
    "a: !x b\nc: !y d\n",
    [
      "p.yaml:1:4: error: '!x' is a YAML tag, expected a plain value; text that begins with ! needs quotes [policy/unsupported-yaml]",
      "p.yaml:2:4: error: '!y' is a YAML tag, expected a plain value; text that begins with ! needs quotes [policy/unsupported-yaml]",
    ],
  ],
  [
    "an alias inside its own anchor",
    "x: &a [*a]\n",
    ["p.yaml:1:8: error: the alias '*a' stands inside the value that it stands for [policy/invalid-yaml]"],
  ],
  [
    "an alias without an anchor",
    "rules: *r\n",
    ["p.yaml:1:8: error: the alias '*r' has no anchor '&r' before it [policy/invalid-yaml]"],
  ],
  [
    "an alias before its anchor",
    "a: *r\nb: &r 1\n",
    ["p.yaml:1:4: error: the alias '*r' has no anchor '&r' before it [policy/invalid-yaml]"],
  ],
  [
    "a merge key",
    "<<: { rules: [] }\n",
    ["p.yaml:1:1: error: merge keys (<<) are not allowed [policy/unsupported-yaml]"],
  ],
  [
    "a list as a key",
    "? [a]\n: b\n",
    ["p.yaml:1:3: error: a key is a list, expected text [policy/unsupported-yaml]"],
  ],
  [
    "a number as a key",
    "5: x\n",
    ['p.yaml:1:1: error: a key is the number 5, expected text; write "5" in quotes [policy/wrong-type]'],
  ],
  [
    "a truth value as a key",
    "true: x\n",
    [
      'p.yaml:1:1: error: a key is the truth value true, expected text; write "true" in quotes [policy/wrong-type]',
    ],
  ],
  ["null as a key", "~: x\n", ["p.yaml:1:1: error: a key is nothing, expected text [policy/wrong-type]"]],
  [
    "a zero byte",
    "rules:\u0000 []\n",
    ["p.yaml:1:7: error: the file has the control character U+0000 here, expected text [policy/not-text]"],
  ],
  [
    "an escape sequence for a terminal",
    "rules: []\nmode: \u001b[31m\n",
    ["p.yaml:2:7: error: the file has the control character U+001B here, expected text [policy/not-text]"],
  ],
  [
    "an empty file",
    "",
    ["p.yaml:1:1: error: the file holds nothing, expected a policy's sections [policy/empty-file]"],
  ],
  [
    "a file of blank lines",
    "\n\n",
    ["p.yaml:1:1: error: the file holds nothing, expected a policy's sections [policy/empty-file]"],
  ],
  [
    "a file of comments",
    "# rules: []\n",
    ["p.yaml:1:1: error: the file holds nothing, expected a policy's sections [policy/empty-file]"],
  ],
  [
    "a document without content",
    "---\n",
    ["p.yaml:1:1: error: the file holds nothing, expected a policy's sections [policy/empty-file]"],
  ],
  [
    "null alone",
    "null\n",
    ["p.yaml:1:1: error: the file holds nothing, expected a policy's sections [policy/empty-file]"],
  ],
  [
    "text alone",
    "key\n",
    [
      "p.yaml:1:1: error: a policy is the text 'key', expected a map with mode, segments, services, rules, hosts, tests, never or always [policy/wrong-type]",
    ],
  ],
  [
    "a list instead of sections",
    "[]\n",
    [
      "p.yaml:1:1: error: a policy is a list, expected a map with mode, segments, services, rules, hosts, tests, never or always [policy/wrong-type]",
    ],
  ],
])("YAML: %s is refused", (_sentence, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});
