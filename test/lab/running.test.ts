import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ESTATE_PREFIX, SCRATCH } from "../estate/place.ts";
import { findRunning } from "./running.ts";

const made: string[] = [];
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** As one leaves it that this process holds, or another one. */
async function up(pid: number): Promise<string> {
  const folder = await mkdtemp(join(SCRATCH, `${ESTATE_PREFIX}${pid}-`));
  made.push(folder);
  await writeFile(join(folder, "lab.json"), JSON.stringify({ "db-1": ["nsenter", String(pid)] }));
  return folder;
}

test("where several are up one has to be named, by its process id", async () => {
  const [own, parents] = [await up(process.pid), await up(process.ppid)];
  await expect(findRunning(undefined)).rejects.toThrow(/ are up, with the process ids .* --lab \d+/);
  expect(await findRunning(process.pid)).toMatchObject({ folder: own, pid: process.pid });
  expect(await findRunning(process.ppid)).toMatchObject({ folder: parents });
  await expect(findRunning(1)).rejects.toThrow(/nothing with process id 1 is up; there is /);
});

test("what is not announced yet, or damaged, is not up", async () => {
  await rm(join(await up(process.pid), "lab.json"));
  await writeFile(join(await up(process.ppid), "lab.json"), "{");
  await expect(findRunning(process.pid)).rejects.toThrow(/ up/);
  await expect(findRunning(process.ppid)).rejects.toThrow(/ up/);
});
