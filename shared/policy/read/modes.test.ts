import { expect, test } from "vitest";
import { problemsOf } from "../fixtures/texts.ts";

test.each<[sentence: string, text: string, problems: readonly string[]]>([
  [
    "a mode that does not exist, with the nearest one",
    "mode: enforced\n",
    [
      "p.yaml:1:7: error: there is no mode 'enforced', expected enforce, observe or off; did you mean 'enforce'? [policy/invalid-mode]",
    ],
  ],
  [
    "a mode in capitals",
    "mode: ENFORCE\n",
    [
      "p.yaml:1:7: error: there is no mode 'ENFORCE', expected enforce, observe or off; did you mean 'enforce'? [policy/invalid-mode]",
    ],
  ],
  [
    "a truth value",
    "mode: false\n",
    ["p.yaml:1:7: error: there is no mode 'false', expected enforce, observe or off [policy/invalid-mode]"],
  ],
  [
    "a number",
    "mode: 5\n",
    ["p.yaml:1:7: error: there is no mode '5', expected enforce, observe or off [policy/invalid-mode]"],
  ],
  [
    "a list",
    "mode: [off]\n",
    [
      "p.yaml:1:7: error: 'mode' is a list, expected enforce, observe, off, or a map with one for ingress, egress or both [policy/wrong-type]",
    ],
  ],
  [
    "an empty text",
    "mode: ''\n",
    [
      "p.yaml:1:7: error: 'mode' is empty, expected enforce, observe, off, or a map with one for ingress, egress or both [policy/empty-value]",
    ],
  ],
  [
    "no value",
    "mode:\n",
    [
      "p.yaml:1:1: error: 'mode' has no value, expected enforce, observe, off, or a map with one for ingress, egress or both [policy/empty-value]",
    ],
  ],
  [
    "an empty map",
    "mode: {}\n",
    [
      "p.yaml:1:7: error: 'mode' is an empty map, expected enforce, observe, off, or a map with one for ingress, egress or both [policy/empty-value]",
    ],
  ],
  [
    "a misspelt direction",
    "mode: { ingres: off }\n",
    [
      "p.yaml:1:9: error: 'mode' has the unknown key 'ingres', expected ingress or egress; did you mean 'ingress'? [policy/unknown-key]",
    ],
  ],
  [
    "a misspelt mode in a direction",
    "mode: { ingress: of, egress: on }\n",
    [
      "p.yaml:1:18: error: there is no mode 'of', expected enforce, observe or off; did you mean 'off'? [policy/invalid-mode]",
      "p.yaml:1:30: error: there is no mode 'on', expected enforce, observe or off [policy/invalid-mode]",
    ],
  ],
  [
    "a direction without a value",
    "mode: { ingress: }\n",
    ["p.yaml:1:9: error: 'ingress' has no value, expected enforce, observe or off [policy/empty-value]"],
  ],
  [
    "a direction given twice",
    "mode: { ingress: off, ingress: enforce }\n",
    [
      "p.yaml:1:23: error: 'ingress' is given twice [policy/duplicate-key]\n  p.yaml:1:9: it is first given here",
    ],
  ],
])("modes: %s is refused", (_sentence, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});
