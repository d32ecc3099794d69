/** What is on a machine, as far as tests compare it. */

import type { Machine } from "./machine.ts";

/** Without what the package manager, the journal and the clock write for themselves. */
export async function filesOf(machine: Machine): Promise<ReadonlySet<string>> {
  const listed = await machine.run(["find", "/", "/run", "-xdev", "-not", "-path", "/var/log/*"]);
  return new Set(listed.split("\n").filter((path) => !OTHERS.test(path)));
}

const OTHERS =
  /^\/(var\/(lib|cache)\/(apt|dpkg)\/|run\/(systemd|log|udev|user)\/|(dev|proc|sys|tmp|var\/tmp)\/|var\/lib\/systemd\/(timers|random-seed|catalog))/;

/** The number that the agent gives what it loads anew. */
export function withoutStamp(table: string): string {
  return table.replaceAll(/\b0x[0-9a-f]{8}\b/g, "STAMP");
}

/** The kernel's own count of what came as far as UDP: nothing else on this machine speaks it. */
export function sumOfDatagrams(text: string): number {
  const [names = "", values = ""] = [...text.matchAll(/^Udp: (.*)$/gm)].map(([, words]) => words);
  const four = names.split(" ").map((name, at): [string, number] => [name, Number(values.split(" ")[at])]);
  const six = [...text.matchAll(/^Udp6(\w+)\s+(\d+)$/gm)].map(([, name = "", value]): [string, number] => [
    name,
    Number(value),
  ]);
  return [...four, ...six]
    .filter(([name]) => ["InDatagrams", "NoPorts", "RcvbufErrors"].includes(name))
    .reduce((sum, [, value]) => sum + value, 0);
}
