import { afterEach, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase } from "../database.ts";
import { ESTATE_STEPS } from "./schema.ts";
import { DEFAULT_SETTINGS, SettingStore, settingsProblem } from "./settings.ts";

const here = { database: undefined as unknown as Database };
beforeEach(() => {
  here.database = openDatabase({ path: ":memory:", applicationId: 1, migrations: ESTATE_STEPS });
});
afterEach(() => here.database.close());

test("settings are the defaults until they are changed, and stay so afterwards", () => {
  const store = new SettingStore(here.database);
  expect(store.all()).toEqual(DEFAULT_SETTINGS);
  store.change({ leaseSeconds: 3_600, flowsBytes: 2 ** 30 });
  const changed = { ...DEFAULT_SETTINGS, leaseSeconds: 3_600, flowsBytes: 2 ** 30 };
  expect(store.all()).toEqual(changed);
  expect(new SettingStore(here.database).all()).toEqual(changed);
});

test("what a later server wrote and this one does not know is left alone", () => {
  here.database.prepare("INSERT INTO setting (key, value) VALUES ('somethingNewer', '7')").run();
  expect(new SettingStore(here.database).all()).toEqual(DEFAULT_SETTINGS);
});

test.each([
  [{ leaseSeconds: 59 }, "leaseSeconds is 59, expected a whole number from 60 to 31536000"],
  [{ probationSeconds: 5.5 }, "probationSeconds is 5.5"],
  [{ graceSeconds: Number.NaN }, "graceSeconds is NaN"],
  [{ flowsFineSeconds: 15 * 86_400 }, "have to be in that order"],
  [{ flowsCoarseSeconds: 86_400 }, "have to be in that order"],
])("%j is refused with a reason", (changes, reason) => {
  expect(settingsProblem({ ...DEFAULT_SETTINGS, ...changes })).toContain(reason);
  expect(settingsProblem(DEFAULT_SETTINGS)).toBeUndefined();
});
