import { expect, test } from "vitest";
import { problemsOf, SEGMENTS } from "../fixtures/texts.ts";

test.each<[sentence: string, text: string, problems: readonly string[]]>([
  [
    "neither allow nor deny",
    `${SEGMENTS}tests: [{ from: web, to: net }]\n`,
    ["p.yaml:2:9: error: a test has neither 'allow' nor 'deny', expected at least one [policy/missing-key]"],
  ],
  [
    "no to",
    `${SEGMENTS}tests: [{ from: web, allow: all }]\n`,
    [
      "p.yaml:2:9: error: a test has no 'to', expected the name of a host or segment, or an address [policy/missing-key]",
    ],
  ],
  [
    "misspelt keys once, not their absence too",
    `${SEGMENTS}tests: [{ from: web, too: web, alow: tcp/1 }]\n`,
    [
      "p.yaml:2:22: error: a test has the unknown key 'too', expected from, to, unit, user, allow or deny; did you mean 'to'? [policy/unknown-key]",
      "p.yaml:2:32: error: a test has the unknown key 'alow', expected from, to, unit, user, allow or deny; did you mean 'allow'? [policy/unknown-key]",
    ],
  ],
  [
    "unknown ends, with the nearest ones",
    `${SEGMENTS}hosts: { db-1: { addresses: [10.1.1.1] } }\ntests: [{ from: wbe, to: db-2, allow: all }]\n`,
    [
      "p.yaml:3:17: error: there is no host and no segment 'wbe'; did you mean 'web'? [policy/unknown-test-end]",
      "p.yaml:3:26: error: there is no host and no segment 'db-2'; did you mean 'db-1'? [policy/unknown-test-end]",
    ],
  ],
  [
    "a block, of which only an address can be tested",
    `${SEGMENTS}tests: [{ from: 10.0.0.0/8, to: 10.0.0.300, allow: tcp/1 }]\n`,
    [
      "p.yaml:2:17: error: '10.0.0.0/8' is no single address; did you mean '10.0.0.0'? [policy/invalid-address]",
      "p.yaml:2:33: error: '10.0.0.300' is no IPv4 or IPv6 address [policy/invalid-address]",
    ],
  ],
  [
    "a DNS name that no segment holds",
    `${SEGMENTS}tests: [{ from: web, to: y.example, allow: all }]\n`,
    ["p.yaml:2:26: error: there is no host and no segment 'y.example' [policy/unknown-test-end]"],
  ],
  [
    "empty services",
    `${SEGMENTS}tests: [{ from: any, to: x.example, allow: [], deny: }]\n`,
    [
      "p.yaml:2:44: error: 'allow' is an empty list, expected a service or a list of services [policy/empty-value]",
      "p.yaml:2:48: error: 'deny' has no value, expected a service or a list of services [policy/empty-value]",
    ],
  ],
  [
    "unknown services",
    `${SEGMENTS}tests: [{ from: web, to: web, allow: htps, deny: [tcp/99999] }]\n`,
    [
      "p.yaml:2:38: error: there is no service 'htps' [policy/unknown-service]",
      "p.yaml:2:51: error: 'tcp/99999' has the port 99999, expected 1 to 65535 [policy/invalid-service]",
    ],
  ],
  [
    "a list of ends",
    `${SEGMENTS}tests: [{ from: [web], to: web, allow: all }]\n`,
    [
      "p.yaml:2:17: error: 'from' is a list, expected the name of a host or segment, or an address [policy/wrong-type]",
    ],
  ],
  [
    "a bad unit and user",
    `${SEGMENTS}tests: [{ from: web, to: web, unit: x, user: 5, allow: all }]\n`,
    [
      "p.yaml:2:37: error: 'x' lacks its kind, expected one of .service, .scope, .slice, .socket, .mount, .swap; did you mean 'x.service'? [policy/invalid-unit]",
      "p.yaml:2:46: error: '5' is a number, expected the name of an account [policy/invalid-user]",
    ],
  ],
  [
    "a text",
    `${SEGMENTS}tests: [web]\n`,
    [
      "p.yaml:2:9: error: a test is the text 'web', expected a map with from, to, unit, user, allow or deny [policy/wrong-type]",
    ],
  ],
])("tests: %s is refused", (_sentence, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});
