/** docs/reference says what the code says. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROGRAM as AGENT } from "@bulkhead/agent/cli/program.ts";
import { AGENT_METRICS } from "@bulkhead/agent/daemon/metrics.ts";
import type { SettingView } from "@bulkhead/server/api/shapes.ts";
import { PROGRAM as BULKHEAD } from "@bulkhead/server/cli/program.ts";
import { amountText, settingName } from "@bulkhead/shared/settings/setting-words.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LoneServer } from "../centre/lone-server.ts";
import { isTest, ROOT, readSource } from "../structure/source.ts";
import { apiPage, type Description } from "./api.ts";
import { commandsPage } from "./commands.ts";
import { configurationPage, type SettingRow } from "./configuration.ts";
import { ENVIRONMENT } from "./environment.ts";
import { metricsPage } from "./metrics.ts";

const directory = mkdtempSync(join(tmpdir(), "bulkhead-reference-"));
let server: LoneServer;
beforeAll(async () => {
  server = await LoneServer.start(directory);
});
afterAll(async () => {
  await server?.end();
  rmSync(directory, { recursive: true, force: true });
});

const PAGES: Readonly<Record<string, () => Promise<string> | string>> = {
  "bulkhead-agent.md": () => commandsPage(AGENT),
  "bulkhead.md": () => commandsPage(BULKHEAD),
  "configuration.md": async () => {
    const settings = await server.client.get<SettingView[]>("/api/v1/settings");
    return configurationPage(settings.map(rowOf));
  },
  "metrics.md": async () => metricsPage(AGENT_METRICS, await server.client.text("/metrics")),
  "api.md": async () => apiPage(await server.client.get<Description>("/api/v1/openapi.json")),
};

test.each(Object.entries(PAGES))("docs/reference/%s; UPDATE_GOLDEN=1 writes it anew", async (name, make) => {
  const path = join(ROOT, "docs/reference", name);
  const made = await make();
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, made);
  expect(readFileSync(path, "utf8")).toBe(made);
});

test("every variable of the environment that a program reads is told of", () => {
  const read = readSource("shared", "terminal", "agent", "server")
    .filter(({ path }) => !isTest(path))
    .flatMap(({ code }) => [...code.matchAll(/\b(?:BULKHEAD_[A-Z_]+|NO_COLOR|COLUMNS|TERM|SHELL)\b/g)])
    .map(([name]) => name);
  expect([...new Set(read)].sort()).toEqual(Object.keys(ENVIRONMENT).sort());
});

function rowOf({ key, unit, default: usual, least, most, about }: SettingView): SettingRow {
  const text = (amount: number) => amountText(amount, unit);
  return [settingName(key), text(usual), `${text(least)} … ${text(most)}`, about];
}
