import { expect, test } from "vitest";
import { problemsOf } from "../fixtures/texts.ts";

test.each<[sentence: string, text: string, problems: readonly string[]]>([
  [
    "no value",
    "hosts: { h: }\n",
    ["p.yaml:1:10: error: the host 'h' has no value, expected a map with addresses [policy/empty-value]"],
  ],
  [
    "no addresses",
    "hosts: { h: {} }\n",
    ["p.yaml:1:13: error: a host has no 'addresses', expected a list of addresses [policy/missing-key]"],
  ],
  [
    "an empty list of addresses",
    "hosts: { h: { addresses: [] } }\n",
    ["p.yaml:1:26: error: 'addresses' is an empty list, expected a list of addresses [policy/empty-value]"],
  ],
  [
    "an address without a list",
    "hosts: { h: { addresses: 10.0.0.1 } }\n",
    [
      "p.yaml:1:26: error: 'addresses' is the text '10.0.0.1', expected a list of addresses [policy/wrong-type]",
    ],
  ],
  [
    "a list of addresses without its key",
    "hosts: { h: [10.0.0.1] }\n",
    ["p.yaml:1:13: error: a host is a list, expected a map with addresses or labels [policy/wrong-type]"],
  ],
  [
    "an address with a prefix length",
    "hosts: { h: { addresses: [10.0.0.1/24] } }\n",
    [
      "p.yaml:1:27: error: '10.0.0.1/24' is no single address; did you mean '10.0.0.1'? [policy/invalid-address]",
    ],
  ],
  [
    "a range",
    "hosts: { h: { addresses: [10.0.0.1-10.0.0.5] } }\n",
    [
      "p.yaml:1:27: error: '10.0.0.1-10.0.0.5' is no single address; did you mean '10.0.0.1'? [policy/invalid-address]",
    ],
  ],
  [
    "an address out of range",
    "hosts: { h: { addresses: [10.0.0.300] } }\n",
    ["p.yaml:1:27: error: '10.0.0.300' is no IPv4 or IPv6 address [policy/invalid-address]"],
  ],
  [
    "an address that the host has already",
    "hosts: { h: { addresses: [10.0.0.1, 10.0.0.1] } }\n",
    [
      "p.yaml:1:37: error: the address 10.0.0.1 is given twice: this host has it already [policy/address-claimed-twice]\n  p.yaml:1:27: it is first given here",
    ],
  ],
  [
    "an address that another host has, however it is written",
    "hosts:\n  a: { addresses: ['fd00::1', 10.0.0.1] }\n  b: { addresses: ['fd00:0::1', '::ffff:10.0.0.1'] }\n",
    [
      "p.yaml:3:20: error: the address fd00::1 is given twice: the host 'a' has it [policy/address-claimed-twice]\n  p.yaml:2:20: it is first given here",
      "p.yaml:3:33: error: the address 10.0.0.1 is given twice: the host 'a' has it [policy/address-claimed-twice]\n  p.yaml:2:31: it is first given here",
    ],
  ],
  [
    "labels that are no text",
    'hosts: { h: { addresses: [10.0.0.1], labels: { a: 1, b: true, c: , d: [x], e: 1.5, f: "1" } } }\n',
    [
      "p.yaml:1:51: error: the label 'a' is the number 1, expected text; if it is meant as text, write \"1\" with quotes [policy/wrong-type]",
      "p.yaml:1:57: error: the label 'b' is the truth value true, expected text; if it is meant as text, write \"true\" with quotes [policy/wrong-type]",
      "p.yaml:1:63: error: the label 'c' has no value, expected text [policy/empty-value]",
      "p.yaml:1:71: error: the label 'd' is a list, expected text [policy/wrong-type]",
      "p.yaml:1:79: error: the label 'e' is the number 1.5, expected text; if it is meant as text, write \"1.5\" with quotes [policy/wrong-type]",
    ],
  ],
  [
    "labels that are no map",
    "hosts: { h: { addresses: [10.0.0.1], labels: [env] } }\n",
    ["p.yaml:1:46: error: 'labels' is a list, expected a map from label to value [policy/wrong-type]"],
  ],
  [
    "labels that no selector can name",
    "hosts: { h: { addresses: [10.0.0.1], labels: { 'a b': x, 'a=b': x, '': x, -a: x } } }\n",
    [
      "p.yaml:1:48: error: 'a b' is no label, expected letters, digits and inner . _ - / [policy/invalid-label]",
      "p.yaml:1:58: error: 'a=b' is no label, expected letters, digits and inner . _ - / [policy/invalid-label]",
      "p.yaml:1:68: error: a label is empty [policy/invalid-label]",
      "p.yaml:1:75: error: '-a' is no label, expected letters, digits and inner . _ - / [policy/invalid-label]",
    ],
  ],
  [
    "a label given twice",
    "hosts: { h: { addresses: [10.0.0.1], labels: { a: b, a: c } } }\n",
    [
      "p.yaml:1:54: error: the label 'a' is given twice [policy/duplicate-key]\n  p.yaml:1:48: it is first given here",
    ],
  ],
  [
    "a label's value that would paint on a terminal",
    'hosts: { h: { addresses: [10.0.0.1], labels: { a: "\\e[31m" } } }\n',
    ["p.yaml:1:51: error: '\\x1b[31m' has invisible characters [policy/invalid-label]"],
  ],
  [
    "a label and a value that are too long",
    "hosts: { h: { addresses: [10.0.0.1], labels: { kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk: x, y: vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv } } }\n",
    [
      "p.yaml:1:48: error: 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…' has 129 characters, and 128 are the most that a label may have [policy/invalid-label]",
      "p.yaml:1:185: error: 'vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv…' has 129 characters, and 128 are the most that a label may have [policy/invalid-label]",
    ],
  ],
  [
    "a label host with another name",
    "hosts: { h: { addresses: [10.0.0.1], labels: { host: other } } }\n",
    [
      "p.yaml:1:48: error: the label 'host' is 'other', expected the host's own name, which it has by itself; leave it out [policy/reserved-name]",
    ],
  ],
  [
    "misspelt keys once, not their absence too",
    "hosts: { h: { adresses: [10.0.0.1], label: {} } }\n",
    [
      "p.yaml:1:15: error: a host has the unknown key 'adresses', expected addresses or labels; did you mean 'addresses'? [policy/unknown-key]",
      "p.yaml:1:37: error: a host has the unknown key 'label', expected addresses or labels; did you mean 'labels'? [policy/unknown-key]",
    ],
  ],
])("hosts: %s is refused", (_sentence, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});
