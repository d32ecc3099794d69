/** docs/exports.md shows what is really sent. */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { alertItem, EVENT, flowItem, NOW, ORIGIN } from "../fixtures/samples.ts";
import { plainItem } from "./json.ts";
import { ocsfEvent } from "./ocsf.ts";
import { otlpLogs } from "./otlp.ts";
import { syslogMessage } from "./syslog.ts";

const PAGE = fileURLToPath(new URL("../../../docs/exports.md", import.meta.url));

const json = (value: object) => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
const text = (value: string) => `\`\`\`\n${value}\n\`\`\``;
const SAMPLES: Readonly<Record<string, string>> = {
  "webhook alert": json(plainItem(alertItem())),
  "webhook event": json(plainItem(EVENT)),
  "webhook flow": json(plainItem(flowItem())),
  "ocsf flow": json(ocsfEvent(flowItem({ verdict: "deny", ingress: null, confirmed: false }), ORIGIN)),
  "syslog alert": text(syslogMessage(alertItem(), "structured", ORIGIN)),
  "syslog flow": text(syslogMessage(flowItem(), "structured", ORIGIN)),
  "otlp flow": json(otlpLogs([flowItem()], ORIGIN, NOW)),
};

/** The page with each sample behind its mark. */
function withSamples(page: string): string {
  return page.replace(/<!-- sample: (.+) -->\n(?:\n```[\s\S]*?\n```\n)?/g, (mark, name: string) =>
    SAMPLES[name] === undefined ? mark : `<!-- sample: ${name} -->\n\n${SAMPLES[name]}\n`,
  );
}

test("docs/exports.md shows what is sent; UPDATE_GOLDEN=1 writes it anew", () => {
  const page = readFileSync(PAGE, "utf8");
  const names = [...page.matchAll(/<!-- sample: (.+) -->/g)].map(([, name]) => name);
  expect(names.toSorted()).toEqual(Object.keys(SAMPLES).toSorted());
  if (process.env.UPDATE_GOLDEN) writeFileSync(PAGE, withSamples(page));
  expect(readFileSync(PAGE, "utf8")).toBe(withSamples(page));
});
