import { readFileSync } from "node:fs";
import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { formatRange } from "../net/range.ts";
import { policyOf, problemsOf, SEGMENTS, withRule } from "./fixtures/texts.ts";
import { parsePolicy } from "./parse.ts";

/** The example of the language's own documentation. */
const documented = readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8");
const example = /^```yaml\n(.*?)^```/ms.exec(documented)?.[1] ?? "";

test("the documented example has no error, and warnings only of its segment without hosts", () => {
  expect(example).toContain("no-dev-into-prod");
  expect(problemsOf(example, { now: Date.UTC(2026, 10, 23) })).toEqual([
    "p.yaml:6:3: warning: the segment 'dev' selects no host of the policy [policy/empty-segment]",
    "p.yaml:21:5: warning: the rule 'no-dev-into-prod' can never match: no host is in 'dev' [policy/rule-never-matches]",
  ]);
});

test("the documented example means what it says", () => {
  const policy = policyOf({ "shop.yaml": example });
  expect([...policy.segments.keys()]).toEqual(["web", "db", "prod", "dev", "office", "payments"]);
  expect(policy.segments.get("dev")).toMatchObject({ mode: { ingress: "observe", egress: "observe" } });
  expect(policy.services.get("postgres")?.service).toEqual([
    { protocol: 6, low: 5432, high: 5432 },
    { protocol: 6, low: 6432, high: 6439 },
  ]);
  expect(policy.rules.find(({ name }) => name === "app-only")).toMatchObject({
    from: [{ kind: "segment", segment: "web", unit: "shop-api.service", user: "shop" }],
    to: [{ kind: "segment", segment: "db", unit: "postgresql.service" }],
  });
  expect(policy.rules.find(({ name }) => name === "backup")?.expires).toBe(Date.UTC(2027, 2, 31, 18));
  expect(policy.hosts.get("db-1")).toMatchObject({
    addresses: ["10.0.0.21", "fd00::21"],
    labels: { app: "shop", role: "db", env: "prod" },
  });
  expect(policy.tests).toMatchObject([
    {
      from: "web-1",
      to: "db-1",
      allow: [{ text: "postgres" }],
      deny: [{ text: "tcp/22" }, { text: "udp/53" }],
    },
  ]);
});

test("sections may be spread over files, and the order of the files makes no difference", () => {
  const rules = { name: "b.yaml", text: "rules: [{ allow: s, from: web, to: web }]\n" };
  const segments = { name: "c/a.yml", text: SEGMENTS };
  const services = { name: "a.json", text: '{ "services": { "s": "tcp/1" } }' };
  const parsed = parsePolicy([rules, segments, services]);
  expect(parsed.problems).toEqual([]);
  expect(parsed.policy?.rules[0]).toMatchObject({
    name: "b.yaml:1",
    place: { file: "b.yaml", line: 1, column: 9 },
  });
  expect(parsePolicy([segments, services, rules])).toEqual(parsed);
});

test("rules come in the order of file names and lines", () => {
  const rule = (name: string) => `{ name: ${name}, allow: tcp/1, from: any, to: any }`;
  const policy = policyOf({
    "b.yaml": `rules: [${rule("three")}]\n`,
    "a.yaml": `rules: [${rule("one")}, ${rule("two")}]\n`,
  });
  expect(policy.rules.map(({ name }) => name)).toEqual(["one", "two", "three"]);
});

test.each([
  [
    "segments",
    "segments: { a: { select: x } }\n",
    "the segment 'a' is given twice [policy/duplicate-name]",
    13,
  ],
  ["services", "services: { a: tcp/1 }\n", "the service 'a' is given twice [policy/duplicate-name]", 13],
  [
    "rules",
    "rules: [{ name: a, allow: all, from: any, to: any }]\n",
    "the rule 'a' is given twice [policy/duplicate-name]",
    17,
  ],
  ["modes", "mode: off\n", "'mode' is given twice in one policy [policy/duplicate-key]", 1],
])("%s given twice in two files are named at both places", (_what, text, message, column) => {
  expect(problemsOf({ "one.yaml": text, "two.yaml": text })).toEqual([
    `two.yaml:1:${column}: error: ${message}\n  one.yaml:1:${column}: it is first given here`,
  ]);
});

test("hosts given twice in two files are named, and so is their address", () => {
  const text = "hosts: { a: { addresses: [10.0.0.1] } }\n";
  const other = "hosts: { a: { addresses: [10.0.0.2] }, b: { addresses: [10.0.0.1] } }\n";
  expect(problemsOf({ "one.yaml": text, "two.yaml": other })).toEqual([
    "two.yaml:1:10: error: the host 'a' is given twice [policy/duplicate-name]\n  one.yaml:1:10: it is first given here",
    "two.yaml:1:57: error: the address 10.0.0.1 is given twice: the host 'a' has it [policy/address-claimed-twice]\n  one.yaml:1:27: it is first given here",
  ]);
});

test("a file that is no YAML does not make the names of other files unknown", () => {
  const problems = problemsOf({
    "a.yaml": "segments: {",
    "b.yaml": "rules: [{ allow: s, from: web, to: db, sme: [] }]\ntests: [{ from: x, to: y, allow: z }]\n",
  });
  expect(problems).toEqual([
    "a.yaml:1:11: error: a '{' is not closed, expected '}' [policy/invalid-yaml]",
    "b.yaml:1:40: error: a rule has the unknown key 'sme', expected name, allow, deny, from, to, same, expires or note; did you mean 'same'? [policy/unknown-key]",
  ]);
});

test("names that files which could not be read may give are not called unknown, and there is no policy", () => {
  const text = "rules: [{ allow: s, from: web, to: web }]\n";
  expect(problemsOf(text, { incomplete: true })).toEqual([]);
  expect(problemsOf(text).length).toBe(3);
});

test("a segment with problems of its own is not called unknown too", () => {
  const text =
    "segments: { web: { select: 'a=' } }\nrules: [{ allow: all, from: web, to: web, same: [a] }]\n";
  expect(problemsOf(text)).toEqual([
    "p.yaml:1:31: error: the selector ends where a value after '=' was expected [policy/invalid-selector]",
  ]);
});

test("rules without a name are called by their line, and by their column where they share one", () => {
  const rule = "{ allow: all, from: any, to: any }";
  const policy = policyOf(
    `rules: [${rule}, ${rule}, { name: 'p.yaml:2', allow: all, from: any, to: any },\n ${rule}]\n`,
  );
  expect(policy.rules.map(({ name }) => name)).toEqual(["p.yaml:1", "p.yaml:1:45", "p.yaml:2", "p.yaml:2:2"]);
});

test("a value that aliases repeat has its problems once", () => {
  const text = "services: { a: &x [tcp/0], b: *x, c: *x }\n";
  expect(problemsOf(text)).toEqual([
    "p.yaml:1:20: error: 'tcp/0' has the port 0, expected 1 to 65535 [policy/invalid-service]",
  ]);
});

test("aliases stand for what their anchor holds", () => {
  const policy = policyOf("services: { a: &x [tcp/1, udp/2], b: *x, c: &p tcp/3, d: [*p, tcp/4] }\n");
  expect(policy.services.get("b")?.service).toEqual(policy.services.get("a")?.service);
  expect(policy.services.get("d")?.service).toEqual([{ protocol: 6, low: 3, high: 4 }]);
});

test("without a top-level mode it is enforce; a direction that it leaves out is enforce too", () => {
  expect(policyOf("rules: []\n").mode).toEqual({ ingress: "enforce", egress: "enforce" });
  expect(policyOf("mode: { egress: off }\n").mode).toEqual({ ingress: "enforce", egress: "off" });
  expect(policyOf("mode: observe\n").mode).toEqual({ ingress: "observe", egress: "observe" });
});

test("a segment's mode says nothing of the direction that it leaves out", () => {
  const mode = (text: string) => {
    const segment = policyOf(`segments: { a: { select: x${text} } }\n`).segments.get("a");
    return segment?.kind === "select" && segment.mode;
  };
  expect(mode("")).toEqual({});
  expect(mode(", mode: { ingress: off }")).toEqual({ ingress: "off" });
});

test("the addresses of a segment are merged and sorted", () => {
  const policy = policyOf(
    "segments: { a: { addresses: ['2001:db8::/32', 10.0.0.128/25, 10.0.0.0-10.0.0.127, 10.0.0.5, '::ffff:9.9.9.9'] } }\n",
  );
  const segment = policy.segments.get("a");
  expect(segment?.kind === "addresses" && segment.ranges.map(formatRange)).toEqual([
    "9.9.9.9",
    "10.0.0.0/24",
    "2001:db8::/32",
  ]);
});

test("DNS names are in lower case, without their final dot, and each once", () => {
  const policy = policyOf("segments: { a: { names: [API.x.Example., api.x.example, _b.x, localhost] } }\n");
  expect(policy.segments.get("a")).toMatchObject({ names: ["api.x.example", "_b.x", "localhost"] });
});

test("services of services are one", () => {
  const policy = policyOf(
    "services: { a: [b, c, tcp/3], b: tcp/1, c: [tcp/2, b], d: [a, all], e: [icmp, icmp/echo-reply] }\n",
  );
  expect(policy.services.get("a")?.service).toEqual([{ protocol: 6, low: 1, high: 3 }]);
  expect(policy.services.get("d")?.service).toBe("all");
  expect(policy.services.get("e")?.service).toEqual([{ protocol: 1, low: 0, high: 65535 }]);
});

test("a rule keeps what its author wrote", () => {
  const rule = "{ allow: [tcp/1, udp/2], from: [10.0.0.0/8, any], to: { segment: web }, note: 'two  words' }";
  expect(policyOf(withRule(rule)).rules[0]).toMatchObject({
    serviceText: ["tcp/1", "udp/2"],
    from: [
      { kind: "addresses", text: "10.0.0.0/8", place: { line: 3, column: 37 } },
      { kind: "segment", segment: "any", place: { line: 3, column: 49 } },
    ],
    to: [{ kind: "segment", segment: "web", place: { line: 3, column: 59 } }],
    same: [],
    note: "two  words",
  });
});

test("a host's addresses are canonical, its labels have no prototype, and `host` with its own name is no other label", () => {
  const host = policyOf(
    "hosts: { h: { addresses: ['FD00:0::1', '::ffff:10.0.0.1'], labels: { env: \"1\", empty: '', host: h, constructor: x } } }\n",
  ).hosts.get("h");
  expect(host?.addresses).toEqual(["fd00::1", "10.0.0.1"]);
  expect(Object.entries(host?.labels ?? {})).toEqual([
    ["env", "1"],
    ["empty", ""],
    ["constructor", "x"],
  ]);
  expect(host?.labels.toString).toBeUndefined();
});

test("names of any script, and names that YAML takes for nothing else, are names", () => {
  const policy = policyOf(
    'segments: { "база данных": { select: a }, "443": { select: a }, off: { select: a }, no.1: { select: a } }\n',
  );
  expect([...policy.segments.keys()]).toEqual(["база данных", "443", "off", "no.1"]);
});

test("JSON is read with the places of its text, and may say where its schema is", () => {
  const text =
    '{\n\t"$schema": "x.json",\n\t"rules": [\n\t\t{ "allow": "tcp/0", "from": "any", "to": "any" }\n\t]\n}\n';
  expect(problemsOf({ "p.json": text })).toEqual([
    "p.json:4:14: error: 'tcp/0' has the port 0, expected 1 to 65535 [policy/invalid-service]",
  ]);
});

test.each([
  [
    "YAML",
    '{ "rules": [] } # comment\n',
    "p.json:1:17: error: the file is YAML but no JSON, which its name says it is [policy/invalid-json]",
  ],
  ["cut", '{ "rules": [', "p.json:1:12: error: a '[' is not closed, expected ']' [policy/invalid-json]"],
])("a .json file that is %s is refused", (_what, text, problem) => {
  expect(problemsOf({ "p.json": text })[0]).toBe(problem);
});

test("Windows' line ends and a byte order mark change no place", () => {
  expect(problemsOf("\ufeffrules: []\r\nmode: on\r\n")).toEqual([
    "p.yaml:2:7: error: there is no mode 'on', expected enforce, observe or off [policy/invalid-mode]",
  ]);
});

test("tests may name hosts, segments, addresses and DNS names that a segment holds", () => {
  const end = (to: string) =>
    problemsOf(
      `${SEGMENTS}hosts: { h: { addresses: [10.0.0.1], labels: { a: b } } }\ntests: [{ from: h, to: ${to}, allow: all }]\n`,
    );
  for (const to of ["h", "web", "any", "any-host", "10.9.9.9", "'fd00::1'", "X.example."])
    expect(end(to)).toEqual([]);
});

property.prop([fc.array(fc.constantFrom("a.yaml", "b.yaml", "c.yaml"), { minLength: 3 })])(
  "problems are ordered by place",
  (names) => {
    const files = [...new Set(names)].map((name) => ({
      name,
      text: "mode: on\nrules: [x, y]\nservices: { a: tcp }\n",
    }));
    const places = parsePolicy(files).problems.map(({ place }) => place);
    const key = ({ file, line, column }: (typeof places)[number]) =>
      `${file} ${line} ${String(column).padStart(4)}`;
    expect(places.map(key)).toEqual(places.map(key).toSorted());
  },
);
