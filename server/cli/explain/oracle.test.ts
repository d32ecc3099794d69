/** The stream's answers against `evaluate()`, asked directly for every pair of addresses. */

import { fileURLToPath } from "node:url";
import { formatAddress, parseAddress } from "@bulkhead/shared/net/address.ts";
import { type Evaluation, evaluate } from "@bulkhead/shared/rules/evaluate.ts";
import { compareVerdicts } from "@bulkhead/shared/rules/judgement.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { fc } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { shell } from "../fixtures/shell.ts";
import { readPolicy, resolve } from "../load-policy.ts";

const SHOP = fileURLToPath(new URL("../../../examples/shop", import.meta.url));
const QUESTIONS = 3000;

const HOSTS = ["web-1", "web-2", "db-1", "dns-1", "web-dev", "db-dev", "ci-1"];
const ADDRESSES = [
  "10.0.0.11",
  "fd00::11",
  "10.0.0.21",
  "FD00:0::21",
  "10.1.0.30",
  "198.51.100.7",
  "192.0.2.1",
  "2001:db8:7::9",
];
const PORTS = [22, 53, 443, 5431, 5432, 6432, 6435, 6440, 8443];

const end = fc.constantFrom(...HOSTS, ...ADDRESSES);
const port = fc.record({
  protocol: fc.constantFrom("tcp" as const, "udp" as const),
  port: fc.constantFrom(...PORTS),
});
const asked = fc.record(
  {
    from: end,
    to: end,
    service: port,
    unit: fc.constantFrom("shop-reports.service", "cron.service"),
    user: fc.constantFrom("shop", "root"),
  },
  { requiredKeys: ["from", "to", "service"] },
);
type Asked = typeof asked extends fc.Arbitrary<infer Value> ? Value : never;

/** What POLICY says of two ends: every pair of one family is a flow, or the first two addresses where there is none, and the worst speaks. */
function expected(resolved: ResolvedPolicy, { from, to, service, ...sender }: Asked): readonly Evaluation[] {
  const addresses = (name: string) => resolved.hosts.get(name)?.addresses ?? [formatted(name)];
  const family = (text: string) => parseAddress(text)?.family;
  const pairs = addresses(from).flatMap((source) =>
    addresses(to).map((destination) => ({ source, destination })),
  );
  const common = pairs.filter(({ source, destination }) => family(source) === family(destination));
  const numbers = { protocol: service.protocol === "tcp" ? 6 : 17, number: service.port };
  const flows = (common.length > 0 ? common : pairs.slice(0, 1)).map((ends) => ({
    ...ends,
    ...numbers,
    ...sender,
  }));
  return flows.map((flow) => evaluate(resolved, flow)).sort((a, b) => compareVerdicts(b.verdict, a.verdict));
}

function formatted(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? text : formatAddress(address);
}

test(`${QUESTIONS} random questions get what evaluate() says, in order and in the promised shape`, async () => {
  const now = Date.now();
  const { policy } = await readPolicy([SHOP], now);
  if (policy === undefined) throw new Error("the example policy is invalid");
  const resolved = resolve(policy, now);
  const questions = fc.sample(asked, QUESTIONS);
  const lines = questions.map(({ service, ...rest }) =>
    JSON.stringify({ ...rest, service: `${service.protocol}/${service.port}` }),
  );
  const { out, exit } = await shell(`bulkhead explain ${SHOP} --stdin`, { input: lines.join("\n") });
  const answers = out.trimEnd().split("\n");
  expect([exit, answers.length]).toEqual([0, QUESTIONS]);
  for (const [at, question] of questions.entries()) {
    const answer = JSON.parse(answers[at] ?? "null");
    const all = expected(resolved, question);
    expect(answer.verdict, lines[at]).toBe(all[0]?.verdict);
    // Of several equally bad ones any may be named.
    const worst = all.filter(({ verdict }) => verdict === answer.verdict).map(promised);
    expect(worst, lines[at]).toContainEqual(answer);
  }
  expect(new Set(answers.map((answer) => JSON.parse(answer).verdict))).toEqual(
    new Set(["allow", "deny", "would-deny"]),
  );
});

/** The shape: these keys, in this order, and no others. */
function promised({ verdict, egress, ingress }: Evaluation) {
  const judgement = (one: Evaluation["egress"]) =>
    one && {
      host: one.host,
      mode: one.mode,
      verdict: one.verdict,
      rule: one.rule && { name: one.rule.name, file: one.rule.file, line: one.rule.line },
      why: one.why,
    };
  return { verdict, egress: judgement(egress), ingress: judgement(ingress) };
}
