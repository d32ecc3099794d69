/** The floor of any program that answers JSON lines: reads each, answers with as much as an explanation has, and knows nothing. */

import { createInterface } from "node:readline";

const JUDGEMENT = {
  host: "host-1",
  mode: "enforce",
  verdict: "allow",
  rule: { name: "rule-1", file: "rules.yaml", line: 1 },
  why: "it is only an echo",
};
let text = "";
for await (const line of createInterface({ input: process.stdin })) {
  const { from } = JSON.parse(line);
  text += `${JSON.stringify({ verdict: "allow", egress: { ...JUDGEMENT, host: from }, ingress: JUDGEMENT })}\n`;
  if (text.length < 65536) continue;
  process.stdout.write(text);
  text = "";
}
process.stdout.write(text);
