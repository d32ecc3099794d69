/** How another terminal finds what is up: by a file in the private folder of its estate (0700), gone with it. */

import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Host } from "../estate/host.ts";
import { ESTATE_PREFIX, SCRATCH } from "../estate/place.ts";

const FILE = "lab.json";

export interface Running {
  /** Of the process that holds it. */
  readonly pid: number;
  /** Its private folder. */
  readonly folder: string;
  /** By a host's name, the command line that enters it, without the command. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
}

/** Lets others find it. @param hosts by the names that somebody may call them. Gives the private folder. */
export async function announce(hosts: readonly (readonly [string, Host])[]): Promise<string> {
  const [first] = hosts;
  if (first === undefined) throw new Error("nobody is there to be found");
  const folder = dirname(first[1].scratch);
  const book = Object.fromEntries(hosts.map(([name, host]) => [name, host.namespace.inside([])]));
  await writeFile(join(folder, FILE), JSON.stringify(book), { mode: 0o600 });
  return folder;
}

/** The one of this account that is up. Throws where none is, or several are and none of them was named. */
export async function findRunning(pid: number | undefined): Promise<Running> {
  const names = (await readdir(SCRATCH)).filter((name) => name.startsWith(ESTATE_PREFIX));
  const all = (await Promise.all(names.map((name) => runningIn(join(SCRATCH, name))))).flatMap(
    (one) => one ?? [],
  );
  const found = pid === undefined ? all : all.filter((one) => one.pid === pid);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const pids = all.map((one) => one.pid).sort((a, b) => a - b);
  if (all.length === 0)
    throw new Error("nothing of this account is up: run npm start in another terminal first");
  if (pid !== undefined) throw new Error(`nothing with process id ${pid} is up; there is ${pids.join(", ")}`);
  throw new Error(
    `${all.length} of this account are up, with the process ids ${pids.join(" and ")}: say which with --lab ${pids[0]}, or end the others with Ctrl-C`,
  );
}

/** Only of one that lives, and that this very account started: what is in the file will be run. */
async function runningIn(folder: string): Promise<Running | undefined> {
  try {
    const { uid } = await stat(folder);
    const pid = Number(basename(folder).slice(ESTATE_PREFIX.length).split("-")[0]);
    process.kill(pid, 0);
    if (uid !== process.getuid?.()) return undefined;
    return { pid, folder, hosts: JSON.parse(await readFile(join(folder, FILE), "utf8")) };
  } catch {
    return undefined;
  }
}
