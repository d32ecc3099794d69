import { expect, test } from "vitest";
import { problemsOf, withRule } from "../fixtures/texts.ts";

test.each<[sentence: string, text: string, problems: readonly string[]]>([
  [
    "a segment called as a built-in one",
    "segments: { any: { select: a } }\n",
    ["p.yaml:1:13: error: 'any' is built in, expected another name for a segment [policy/reserved-name]"],
  ],
  [
    "a host called as a built-in segment",
    "hosts: { any-host: { addresses: [10.0.0.1] } }\n",
    ["p.yaml:1:10: error: 'any-host' is built in, expected another name for a host [policy/reserved-name]"],
  ],
  [
    "a service called all",
    "services: { all: tcp/1 }\n",
    ["p.yaml:1:13: error: 'all' is built in, expected another name for a service [policy/reserved-name]"],
  ],
  [
    "a service called as a protocol",
    "services: { tcp: tcp/1 }\n",
    ["p.yaml:1:13: error: 'tcp' is built in, expected another name for a service [policy/reserved-name]"],
  ],
  [
    "a service that could be an expression",
    "services: { web/http: tcp/80 }\n",
    [
      "p.yaml:1:13: error: 'web/http' could be taken for a protocol and port, expected another name for a service [policy/invalid-name]",
    ],
  ],
  [
    "a segment that could be an IPv4 address",
    "segments: { 10.0.0.1: { select: a } }\n",
    [
      "p.yaml:1:13: error: '10.0.0.1' could be taken for an address, expected another name for a segment [policy/invalid-name]",
    ],
  ],
  [
    "a segment that could be an IPv6 block",
    "segments: { 'fd00::/8': { select: a } }\n",
    [
      "p.yaml:1:13: error: 'fd00::/8' could be taken for an address, expected another name for a segment [policy/invalid-name]",
    ],
  ],
  [
    "a host that could be an address, though a bad one",
    "hosts: { 10.0.0.300: { addresses: [10.0.0.1] } }\n",
    [
      "p.yaml:1:10: error: '10.0.0.300' could be taken for an address, expected another name for a host [policy/invalid-name]",
    ],
  ],
  [
    "an empty name",
    "segments: { '': { select: a } }\n",
    ["p.yaml:1:13: error: a name is empty, expected another name for a segment [policy/invalid-name]"],
  ],
  [
    "a space at the beginning",
    "segments: { ' web': { select: a } }\n",
    [
      "p.yaml:1:13: error: ' web' begins or ends with a space, expected another name for a segment [policy/invalid-name]",
    ],
  ],
  [
    "an invisible character",
    'segments: { "we\\u200bb": { select: a } }\n',
    [
      "p.yaml:1:13: error: 'we\\u{200b}b' has invisible characters, expected another name for a segment [policy/invalid-name]",
    ],
  ],
  [
    "a line break",
    'services: { "a\\nb": tcp/1 }\n',
    [
      "p.yaml:1:13: error: 'a\\nb' has invisible characters, expected another name for a service [policy/invalid-name]",
    ],
  ],
  [
    "a mark that turns the direction of writing",
    'hosts: { "a\\u202eb": { addresses: [10.0.0.1] } }\n',
    [
      "p.yaml:1:10: error: 'a\\u{202e}b' has invisible characters, expected another name for a host [policy/invalid-name]",
    ],
  ],
  [
    "a space that is no plain one",
    'segments: { "a\\u00a0b": { select: a } }\n',
    [
      "p.yaml:1:13: error: 'a b' has an unusual space, expected another name for a segment [policy/invalid-name]",
    ],
  ],
  [
    "more than 128 characters",
    "segments: { xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: { select: a } }\n",
    [
      "p.yaml:1:13: error: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' has 129 characters, and 128 are the most that a name may have, expected another name for a segment [policy/invalid-name]",
    ],
  ],
  [
    "a number",
    "segments: { 5: { select: a } }\n",
    ['p.yaml:1:13: error: a key is the number 5, expected text; write "5" in quotes [policy/wrong-type]'],
  ],
  [
    "a segment given twice, with both places",
    "segments: { web: { select: a }, web: { select: b } }\n",
    [
      "p.yaml:1:33: error: the segment 'web' is given twice [policy/duplicate-name]\n  p.yaml:1:13: it is first given here",
    ],
  ],
  [
    "a service given twice, with both places",
    "services: { s: tcp/1, s: tcp/2 }\n",
    [
      "p.yaml:1:23: error: the service 's' is given twice [policy/duplicate-name]\n  p.yaml:1:13: it is first given here",
    ],
  ],
  [
    "a host given twice, with both places",
    "hosts: { h: { addresses: [10.0.0.1] }, h: { addresses: [10.0.0.2] } }\n",
    [
      "p.yaml:1:40: error: the host 'h' is given twice [policy/duplicate-name]\n  p.yaml:1:10: it is first given here",
    ],
  ],
  [
    "a rule given twice, with both places",
    withRule(
      "{ name: a, allow: tcp/1, from: web, to: web }\n  - { name: a, deny: tcp/1, from: web, to: web }",
    ),
    [
      "p.yaml:4:13: error: the rule 'a' is given twice [policy/duplicate-name]\n  p.yaml:3:13: it is first given here",
    ],
  ],
  [
    "a rule with an invisible character",
    withRule('{ name: "a\\u200b", allow: tcp/1, from: web, to: web }'),
    [
      "p.yaml:3:13: error: 'a\\u{200b}' has invisible characters, expected another name for a rule [policy/invalid-name]",
    ],
  ],
])("names: %s is refused", (_sentence, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});
