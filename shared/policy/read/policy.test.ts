import { expect, test } from "vitest";
import { problemsOf } from "../fixtures/texts.ts";

test.each<[sentence: string, text: string, problems: readonly string[]]>([
  [
    "an unknown section, with the nearest one",
    "ruls: []\n",
    [
      "p.yaml:1:1: error: a policy has the unknown key 'ruls', expected mode, segments, services, rules, hosts, tests, never or always; did you mean 'rules'? [policy/unknown-key]",
    ],
  ],
  [
    "an unknown section that is like no other",
    "firewall: []\n",
    [
      "p.yaml:1:1: error: a policy has the unknown key 'firewall', expected mode, segments, services, rules, hosts, tests, never or always [policy/unknown-key]",
    ],
  ],
  [
    "a section given twice, with both places",
    "rules: []\nmode: off\nrules: []\n",
    [
      "p.yaml:3:1: error: 'rules' is given twice [policy/duplicate-key]\n  p.yaml:1:1: it is first given here",
    ],
  ],
  [
    "rules that are no list",
    "rules: {}\n",
    ["p.yaml:1:8: error: 'rules' is a map, expected a list of rules [policy/wrong-type]"],
  ],
  [
    "segments that are no map",
    "segments: []\n",
    ["p.yaml:1:11: error: 'segments' is a list, expected a map from name to segment [policy/wrong-type]"],
  ],
  [
    "services that are no map",
    "services: tcp/1\n",
    [
      "p.yaml:1:11: error: 'services' is the text 'tcp/1', expected a map from name to service [policy/wrong-type]",
    ],
  ],
  [
    "hosts that are no map",
    "hosts: [web-1]\n",
    ["p.yaml:1:8: error: 'hosts' is a list, expected a map from name to host [policy/wrong-type]"],
  ],
  [
    "tests that are no list",
    "tests: { from: a }\n",
    ["p.yaml:1:8: error: 'tests' is a map, expected a list of tests [policy/wrong-type]"],
  ],
  [
    "a section without a value",
    "rules:\nhosts: ~\n",
    [
      "p.yaml:1:1: error: 'rules' has no value, expected a list of rules [policy/empty-value]",
      "p.yaml:2:1: error: 'hosts' has no value, expected a map from name to host [policy/empty-value]",
    ],
  ],
  [
    "a schema that is no text",
    "$schema: 5\n",
    [
      "p.yaml:1:10: error: '$schema' is the number 5, expected a path; if it is meant as text, write \"5\" with quotes [policy/wrong-type]",
    ],
  ],
])("the top level: %s is refused", (_sentence, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});
