/** How `npm start -- exec` finds the hosts of a lab that is up in another terminal: a file beside the hosts' own, gone with them. */

import { spawn } from "node:child_process";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CHECKOUT, ESTATE_PREFIX, SCRATCH } from "../estate/place.ts";
import { HUB, type Stage } from "./stage.ts";

const FILE = "lab.json";

/** By a host's name, the command line that enters it, without the command. */
type AddressBook = Readonly<Record<string, readonly string[]>>;

export async function writeAddressBook(stage: Stage): Promise<void> {
  const { residents } = stage.scenario.population;
  const book = Object.fromEntries(
    [
      ...residents.map((resident) => [resident.name, stage.host(resident)] as const),
      [HUB, stage.estate.host(HUB)] as const,
    ].map(([name, host]) => [name, host.namespace.inside([])]),
  );
  const folder = residents[0] === undefined ? SCRATCH : dirname(stage.host(residents[0]).scratch);
  await writeFile(join(folder, FILE), JSON.stringify(book), { mode: 0o600 });
}

/** The lab of this account that is up; where there are several, the one that came last. */
async function readAddressBook(): Promise<AddressBook | undefined> {
  const names = (await readdir(SCRATCH)).filter((name) => name.startsWith(ESTATE_PREFIX));
  const books = await Promise.all(names.map((name) => bookIn(join(SCRATCH, name))));
  return books
    .flatMap((book) => book ?? [])
    .toSorted((a, b) => a.since - b.since)
    .at(-1)?.book;
}

/** Only of a lab that lives, and that this very account started: what is in the file will be run. */
async function bookIn(folder: string): Promise<{ since: number; book: AddressBook } | undefined> {
  try {
    const { uid, mtimeMs } = await stat(folder);
    process.kill(Number(basename(folder).slice(ESTATE_PREFIX.length).split("-")[0]), 0);
    if (uid !== process.getuid?.()) return undefined;
    return { since: mtimeMs, book: JSON.parse(await readFile(join(folder, FILE), "utf8")) };
  } catch {
    return undefined;
  }
}

/** Runs a command on a host of the lab, with this terminal; gives its exit code. Throws where there is no lab, or no such host. */
export async function execOnHost(name: string, command: readonly string[]): Promise<number> {
  const book = await readAddressBook();
  if (book === undefined)
    throw new Error("no lab of this account is up: start one with npm start in another terminal");
  const enter = book[name];
  if (enter === undefined)
    throw new Error(`the lab has no host '${name}'; it has ${Object.keys(book).join(", ")}`);
  const [program = "", ...args] = [...enter, ...command];
  const path = `${join(CHECKOUT, "node_modules/.bin")}:${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
  const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, PATH: path } });
  // Ctrl-C is for the command.
  process.on("SIGINT", () => {});
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
  });
}
