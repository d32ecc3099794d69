import { expect, test } from "vitest";
import { problemsOf, withRule } from "../fixtures/texts.ts";

test.each<[sentence: string, text: string, problems: readonly string[]]>([
  [
    "an empty rule",
    withRule("{}"),
    [
      "p.yaml:3:5: error: a rule has no 'from', expected an endpoint or a list of endpoints [policy/missing-key]",
      "p.yaml:3:5: error: a rule has no 'to', expected an endpoint or a list of endpoints [policy/missing-key]",
      "p.yaml:3:5: error: a rule has neither 'allow' nor 'deny', expected exactly one [policy/missing-key]",
    ],
  ],
  [
    "a text",
    withRule("allow"),
    [
      "p.yaml:3:5: error: a rule is the text 'allow', expected a map with name, allow, deny, from, to, same, expires or note [policy/wrong-type]",
    ],
  ],
  [
    "no to",
    withRule("{ allow: tcp/1, from: web }"),
    [
      "p.yaml:3:5: error: a rule has no 'to', expected an endpoint or a list of endpoints [policy/missing-key]",
    ],
  ],
  [
    "neither allow nor deny",
    withRule("{ from: web, to: web }"),
    ["p.yaml:3:5: error: a rule has neither 'allow' nor 'deny', expected exactly one [policy/missing-key]"],
  ],
  [
    "both allow and deny",
    withRule("{ allow: tcp/1, deny: tcp/2, from: web, to: web }"),
    [
      "p.yaml:3:21: error: a rule has both 'allow' and 'deny', expected exactly one [policy/conflicting-keys]\n  p.yaml:3:7: 'allow' is given here",
    ],
  ],
  [
    "a misspelt key once, not its absence too",
    withRule("{ alow: tcp/1, form: web, to: web }"),
    [
      "p.yaml:3:7: error: a rule has the unknown key 'alow', expected name, allow, deny, from, to, same, expires or note; did you mean 'allow'? [policy/unknown-key]",
      "p.yaml:3:20: error: a rule has the unknown key 'form', expected name, allow, deny, from, to, same, expires or note; did you mean 'from'? [policy/unknown-key]",
    ],
  ],
  [
    "a misspelt optional key",
    withRule("{ allow: tcp/1, from: web, to: web, sme: [env] }"),
    [
      "p.yaml:3:41: error: a rule has the unknown key 'sme', expected name, allow, deny, from, to, same, expires or note; did you mean 'same'? [policy/unknown-key]",
    ],
  ],
  [
    "a key given twice",
    withRule("{ allow: tcp/1, from: web, to: web, to: net }"),
    ["p.yaml:3:41: error: 'to' is given twice [policy/duplicate-key]\n  p.yaml:3:32: it is first given here"],
  ],
  [
    "empty lists",
    withRule("{ allow: [], from: [], to: [], same: [] }"),
    [
      "p.yaml:3:14: error: 'allow' is an empty list, expected a service or a list of services [policy/empty-value]",
      "p.yaml:3:24: error: 'from' is an empty list, expected an endpoint or a list of endpoints [policy/empty-value]",
      "p.yaml:3:32: error: 'to' is an empty list, expected an endpoint or a list of endpoints [policy/empty-value]",
      "p.yaml:3:42: error: 'same' is an empty list, expected a list of labels [policy/empty-value]",
    ],
  ],
  [
    "keys without values",
    withRule("{ name: , allow: , from: , to: , same: , expires: , note: }"),
    [
      "p.yaml:3:7: error: 'name' has no value, expected a name [policy/empty-value]",
      "p.yaml:3:15: error: 'allow' has no value, expected a service or a list of services [policy/empty-value]",
      "p.yaml:3:24: error: 'from' has no value, expected an endpoint or a list of endpoints [policy/empty-value]",
      "p.yaml:3:32: error: 'to' has no value, expected an endpoint or a list of endpoints [policy/empty-value]",
      "p.yaml:3:38: error: 'same' has no value, expected a list of labels [policy/empty-value]",
      "p.yaml:3:46: error: 'expires' has no value, expected an ISO 8601 time with its zone [policy/empty-value]",
      "p.yaml:3:57: error: 'note' has no value, expected text [policy/empty-value]",
    ],
  ],
  [
    "empty texts",
    withRule("{ name: '', allow: '', from: '', to: [''], same: [''], expires: '', note: '' }"),
    [
      "p.yaml:3:13: error: 'name' is empty, expected a name [policy/empty-value]",
      "p.yaml:3:24: error: 'allow' is empty, expected a service or a list of services [policy/empty-value]",
      "p.yaml:3:34: error: 'from' is empty, expected a segment, an address, a block or a map with `segment` [policy/empty-value]",
      "p.yaml:3:43: error: an item of 'to' is empty, expected a segment, an address, a block or a map with `segment` [policy/empty-value]",
      "p.yaml:3:55: error: an item of 'same' is empty, expected text [policy/empty-value]",
      "p.yaml:3:69: error: 'expires' is empty, expected an ISO 8601 time with its zone [policy/empty-value]",
      "p.yaml:3:79: error: 'note' is empty, expected text [policy/empty-value]",
    ],
  ],
  [
    "wrong services",
    withRule("{ allow: [htps, 443, tcp], from: web, to: web }"),
    [
      "p.yaml:3:15: error: there is no service 'htps' [policy/unknown-service]",
      "p.yaml:3:21: error: an item of 'allow' is the number 443, expected an expression or a service's name; did you mean 'tcp/443'? [policy/wrong-type]",
      "p.yaml:3:26: error: 'tcp' says no port, expected tcp/PORT, tcp/LOW-HIGH or tcp/*; did you mean 'tcp/*'? [policy/invalid-service]",
    ],
  ],
  [
    "a name and a note that are no text",
    withRule("{ name: 5, allow: tcp/1, from: web, to: web, note: true }"),
    [
      "p.yaml:3:13: error: 'name' is the number 5, expected a name; if it is meant as text, write \"5\" with quotes [policy/wrong-type]",
      "p.yaml:3:56: error: 'note' is the truth value true, expected text; if it is meant as text, write \"true\" with quotes [policy/wrong-type]",
    ],
  ],
  [
    "a date without time and zone",
    withRule("{ allow: tcp/1, from: web, to: web, expires: 2027-03-31 }"),
    [
      "p.yaml:3:50: error: '2027-03-31' is no time, expected an ISO 8601 time with its zone; write the time and its zone too, such as 2027-03-31T00:00:00Z [policy/invalid-time]",
    ],
  ],
  [
    "a time without its zone",
    withRule("{ allow: tcp/1, from: web, to: web, expires: 2027-03-31T18:00:00 }"),
    [
      "p.yaml:3:50: error: '2027-03-31T18:00:00' is no time, expected an ISO 8601 time with its zone; write its zone too, such as 2027-03-31T18:00:00Z or 2027-03-31T18:00:00+02:00 [policy/invalid-time]",
    ],
  ],
  [
    "a time with a space",
    withRule("{ allow: tcp/1, from: web, to: web, expires: 2027-03-31 18:00:00Z }"),
    [
      "p.yaml:3:50: error: '2027-03-31 18:00:00Z' is no time, expected an ISO 8601 time with its zone; write 2027-03-31T18:00:00Z [policy/invalid-time]",
    ],
  ],
  [
    "a day that the calendar lacks",
    withRule("{ allow: tcp/1, from: web, to: web, expires: 2027-02-29T18:00:00Z }"),
    [
      "p.yaml:3:50: error: '2027-02-29T18:00:00Z' is no day of the calendar, expected an ISO 8601 time with its zone [policy/invalid-time]",
    ],
  ],
  [
    "an hour that the day lacks",
    withRule("{ allow: tcp/1, from: web, to: web, expires: 2027-02-28T24:00:00Z }"),
    [
      "p.yaml:3:50: error: '2027-02-28T24:00:00Z' is no time of the day, expected an ISO 8601 time with its zone [policy/invalid-time]",
    ],
  ],
  [
    "a zone that the earth lacks",
    withRule("{ allow: tcp/1, from: web, to: web, expires: '2027-02-28T23:00:00+15:00' }"),
    [
      "p.yaml:3:50: error: '2027-02-28T23:00:00+15:00' has no zone on earth, expected an ISO 8601 time with its zone [policy/invalid-time]",
    ],
  ],
  [
    "a time that the kernel cannot count to",
    withRule("{ allow: tcp/1, from: web, to: web, expires: 9999-12-31T00:00:00Z }"),
    [
      "p.yaml:3:50: error: '9999-12-31T00:00:00Z' lies outside the years 1970 to 2261, expected an ISO 8601 time with its zone; a rule without `expires` stays for good [policy/invalid-time]",
    ],
  ],
  [
    "a number as a time",
    withRule("{ allow: tcp/1, from: web, to: web, expires: 1800000000 }"),
    [
      "p.yaml:3:50: error: '1800000000' is no time, expected an ISO 8601 time with its zone [policy/invalid-time]",
    ],
  ],
  [
    "a word as a time",
    withRule("{ allow: tcp/1, from: web, to: web, expires: tomorrow }"),
    [
      "p.yaml:3:50: error: 'tomorrow' is no time, expected an ISO 8601 time with its zone [policy/invalid-time]",
    ],
  ],
  [
    "same with ends that are no managed hosts, each of them",
    withRule("{ allow: tcp/1, from: net, to: [web, 10.0.0.1, any, api, any-host], same: [env] }"),
    [
      "p.yaml:3:27: error: 'same' joins managed hosts, and 'net' is a segment of addresses, expected a segment with 'select', or any-host [policy/same-needs-hosts]\n  p.yaml:3:73: 'same' is given here",
      "p.yaml:3:42: error: 'same' joins managed hosts, and '10.0.0.1' is no segment, expected a segment with 'select', or any-host [policy/same-needs-hosts]\n  p.yaml:3:73: 'same' is given here",
      "p.yaml:3:52: error: 'same' joins managed hosts, and 'any' is every address, expected a segment with 'select', or any-host [policy/same-needs-hosts]\n  p.yaml:3:73: 'same' is given here",
      "p.yaml:3:57: error: 'same' joins managed hosts, and 'api' is a segment of DNS names, expected a segment with 'select', or any-host [policy/same-needs-hosts]\n  p.yaml:3:73: 'same' is given here",
    ],
  ],
  [
    "same that is no list",
    withRule("{ allow: tcp/1, from: web, to: any-host, same: env }"),
    ["p.yaml:3:52: error: 'same' is the text 'env', expected a list of labels [policy/wrong-type]"],
  ],
  [
    "same with what is no label",
    withRule("{ allow: tcp/1, from: web, to: web, same: ['a b', 5, a=b] }"),
    [
      "p.yaml:3:48: error: 'a b' is no label, expected letters, digits and inner . _ - / [policy/invalid-label]",
      "p.yaml:3:55: error: an item of 'same' is the number 5, expected text; if it is meant as text, write \"5\" with quotes [policy/wrong-type]",
      "p.yaml:3:58: error: 'a=b' is no label, expected letters, digits and inner . _ - / [policy/invalid-label]",
    ],
  ],
])("rules: %s is refused", (_sentence, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});
