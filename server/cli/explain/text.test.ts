import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { Asker } from "@bulkhead/shared/rules/query.ts";
import type { Question } from "@bulkhead/shared/rules/question.ts";
import { plain } from "@bulkhead/terminal/colour.ts";
import { expect, test } from "vitest";
import { resolve } from "../load-policy.ts";
import { answerText } from "./text.ts";

/** Sixty hosts that may each reach the one called `hub` by a rule of their own, and twenty that may not. */
const HOSTS = Array.from({ length: 80 }, (_, at) => `h-${at}`);
const POLICY = `
segments: { all: { select: "host" }, hub: { select: "host=hub" } }
rules: [${HOSTS.slice(0, 60).map((name, at) => `{ name: by-${name}, allow: tcp/1, from: 10.0.0.${at}, to: hub }`)}]
hosts:
  hub: { addresses: [10.1.0.1, "fd00::1"] }
${HOSTS.map((name, at) => `  ${name}: { addresses: [10.0.0.${at}] }`).join("\n")}
`;

function said(question: Question): string {
  const { policy, problems } = parsePolicy([{ name: "many.yaml", text: POLICY }]);
  if (policy === undefined) throw new Error(JSON.stringify(problems));
  const resolved = resolve(policy, 0);
  return answerText({ question, answer: new Asker(resolved).ask(question), resolved }, plain);
}

test("of many answers the worst come first, and the rest is counted", () => {
  const text = said({ from: "all", to: "hub", service: "tcp/1" });
  const blocks = text.split("\n\n");
  expect(blocks[0]).toBe("all -> hub tcp/1: not all of it gets through");
  expect(blocks[1]).toMatch(
    /^h-60, (?:h-6\d, ){9}h-70, h-71 and 8 more -> hub tcp\/1: is denied\n {2}for example h-60 -> hub tcp\/1:/,
  );
  expect(blocks.at(-1)).toBe("… and 21 more answers; --json shows all\n");
  expect(blocks.length).toBe(1 + 40 + 1);
});

test("one host and another have one answer without an example", () => {
  expect(said({ from: "h-1", to: "hub", service: ["tcp/1"] })).toBe(`\
h-1 -> hub tcp/1: gets through
  egress on h-1 (enforce): allow
    by-h-1 (many.yaml:3) allows tcp/1 from h-1 to hub
  ingress on hub (enforce): allow
    by-h-1 (many.yaml:3) allows tcp/1 from h-1 to hub
`);
});

test("where neither end is a host nobody judges, and a host's own traffic is never judged", () => {
  expect(said({ from: "192.0.2.1", to: "192.0.2.2", service: "tcp/1" })).toBe(
    "192.0.2.1 -> 192.0.2.2 tcp/1: gets through\n  not judged, as neither end is a managed host\n",
  );
  expect(said({ from: "10.1.0.1", to: "fd00::1", service: "tcp/1" })).toBe(
    "10.1.0.1 -> fd00::1 tcp/1: gets through\n  never judged: loopback, or the traffic of hub to itself\n",
  );
});

test("hostile text in a reason, a note or a name is shown as text", () => {
  const question = { from: "a\nb", to: "192.0.2.1", service: "all" };
  const rule = { name: "r", file: "f", line: 1, note: "\x1b[31m" };
  const egress = { host: "h\x07", mode: "enforce", verdict: "deny", rule, why: "\u202ebecause" } as const;
  const flow = { source: "\x1b1", destination: "\x1b2", protocol: 6, number: 1 };
  const outcome = {
    from: ["\x9b1", "x"],
    to: ["y"],
    services: ["z\n"],
    verdict: "deny",
    egress,
    ingress: null,
    flow,
  } as const;
  const { policy } = parsePolicy([{ name: "many.yaml", text: POLICY }]);
  if (policy === undefined) throw new Error("invalid");
  for (const outcomes of [[outcome], [outcome, outcome]]) {
    const answer = { verdict: "deny", egress, ingress: null, outcomes } as const;
    const text = answerText({ question, answer, resolved: resolve(policy, 0) }, plain);
    expect(text).toMatch(/^(?:\n|[^\p{Cc}\p{Cs}\p{Bidi_Control}])*$/u);
  }
});

test("the process that sends stands beside its end", () => {
  const text = said({ from: "h-70", to: "hub", service: "tcp/1", unit: "a.service", user: "root" });
  expect(text).toContain("h-70 (unit a.service, user root) -> hub tcp/1: is denied\n");
});
