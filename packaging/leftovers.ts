/**
 * What a run of the tests left behind: `leftovers.ts FOLDER`, whose temporary files were all in FOLDER. Prints a line for each thing of ours in there (other programs' files go
 * with the folder), and for each process that has lost its parent and is of the group of whoever asks; not for those that were there before him. Exit 1 where there is anything.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** In the kernel's ticks since it was booted. */
  readonly startedAt: number;
  readonly command: string;
}

/** Undefined for one that has ended meanwhile, or waits for somebody to take note of its end. */
function readProcess(pid: string): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name may hold blanks and brackets: proc(5).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    if (command === "" || fields[0] === "Z") return undefined;
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      group: Number(fields[2]),
      startedAt: Number(fields[19]),
      command,
    };
  } catch {
    return undefined;
  }
}

function orphans(): readonly Process[] {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (readProcess(name) ?? []) : []));
  const asker = all.find(({ pid }) => pid === process.ppid);
  if (asker === undefined) return [];
  const group = all.filter((one) => one.group === asker.group);
  const pids = new Set(group.map(({ pid }) => pid));
  // A tick is a hundredth of a second: what somebody starts at once may have begun in his own, as may the leader of the group, who started him.
  const before = new Set([asker.pid, asker.group]);
  return group.filter(
    ({ pid, parent, startedAt }) => !before.has(pid) && !pids.has(parent) && startedAt >= asker.startedAt,
  );
}

const [folder = ""] = process.argv.slice(2);
const left = [
  ...readdirSync(folder)
    .filter((name) => name.startsWith("bulkhead"))
    .map((name) => `left behind: ${join(folder, name)}`),
  ...orphans().map(({ pid, command }) => `left running: ${pid} ${command}`),
];
for (const line of left) console.log(line);
process.exitCode = left.length > 0 ? 1 : 0;
