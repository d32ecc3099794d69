import { expect, test } from "vitest";
import { policyOf, problemsOf, SEGMENTS } from "../fixtures/texts.ts";

test("one or a list of them, with one end or several, about everything unless a service is named", () => {
  const { invariants } = policyOf(
    `${SEGMENTS}never: { from: web, to: [net, 10.1.0.0/16, x.example] }\nalways:\n  - { name: up, from: any, to: any-host, service: [tcp/22, tcp/80], unit: a.service }\n`,
  );
  expect(invariants).toEqual([
    {
      ...{ kind: "never", name: "p.yaml:2", place: { file: "p.yaml", line: 2, column: 8 } },
      ...{ from: ["web"], to: ["net", "10.1.0.0/16", "x.example"], service: "all", serviceText: ["all"] },
    },
    expect.objectContaining({
      ...{ kind: "always", name: "up", serviceText: ["tcp/22", "tcp/80"], unit: "a.service" },
    }),
  ]);
});

test.each<[sentence: string, text: string, problems: readonly string[]]>([
  [
    "misspelt keys and ends, with what was meant",
    `${SEGMENTS}never: [{ from: wbe, too: web }]\n`,
    [
      "p.yaml:2:17: error: there is no host and no segment 'wbe'; did you mean 'web'? [policy/unknown-invariant-end]",
      "p.yaml:2:22: error: an invariant has the unknown key 'too', expected name, from, to, service, unit or user; did you mean 'to'? [policy/unknown-key]",
    ],
  ],
  [
    "no to",
    `${SEGMENTS}always: { from: web }\n`,
    [
      "p.yaml:2:9: error: an invariant has no 'to', expected the name of a host or segment, an address or a block, or a list of these [policy/missing-key]",
    ],
  ],
  [
    "a name that is given twice, in either section",
    `${SEGMENTS}never: { name: a, from: web, to: web }\nalways: { name: a, from: web, to: web }\n`,
    [
      "p.yaml:3:17: error: the invariant 'a' is given twice [policy/duplicate-name]\n  p.yaml:2:16: it is first given here",
    ],
  ],
  [
    "host bits, bad services and units",
    `${SEGMENTS}never: { from: 10.0.0.1/8, to: [], service: htps, unit: x }\n`,
    [
      "p.yaml:2:16: error: '10.0.0.1/8' has host bits set, expected '10.0.0.0/8'; for that address alone write '10.0.0.1' [policy/host-bits-set]",
      "p.yaml:2:32: error: 'to' is an empty list, expected the name of a host or segment, an address or a block, or a list of these [policy/empty-value]",
      "p.yaml:2:45: error: there is no service 'htps' [policy/unknown-service]",
      "p.yaml:2:57: error: 'x' lacks its kind, expected one of .service, .scope, .slice, .socket, .mount, .swap; did you mean 'x.service'? [policy/invalid-unit]",
    ],
  ],
  [
    "a text",
    `${SEGMENTS}never: web\n`,
    [
      "p.yaml:2:8: error: 'never' is the text 'web', expected a map with `from` and `to`, or a list of them [policy/wrong-type]",
    ],
  ],
])("invariants: %s is refused", (_sentence, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});
