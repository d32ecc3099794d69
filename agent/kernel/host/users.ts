/** Local accounts and their uids. */

import { readFile } from "node:fs/promises";
import { accountUid } from "../netlink/libc.ts";

/** (uid_t) -1 means "nobody is meant" to the kernel, and is no account. */
const HIGHEST_UID = 0xffff_fffe;

/** uid by name, of those accounts that are there. A number stands for itself, whether an account has it or not. */
export async function findUsers(
  wanted: readonly string[],
  passwdFile = "/etc/passwd",
): Promise<Readonly<Record<string, number>>> {
  const passwd = parsePasswd(await readFile(passwdFile, "utf8").catch(() => ""));
  return Object.fromEntries(
    wanted.flatMap((name) => {
      // The name service asks directories and systemd as well, which may take time: only for names that the file has not.
      const uid = passwd.get(name) ?? parseUid(name) ?? accountUid(name);
      return uid === undefined ? [] : [[name, uid]];
    }),
  );
}

/** Names and uids of a passwd file (`man 5 passwd`); the first line of a name counts, as it does for libc. */
export function parsePasswd(text: string): ReadonlyMap<string, number> {
  const accounts = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [name = "", , number = ""] = line.split(":");
    const uid = parseUid(number);
    if (name !== "" && uid !== undefined && !accounts.has(name)) accounts.set(name, uid);
  }
  return accounts;
}

function parseUid(text: string): number | undefined {
  const uid = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  return uid !== undefined && uid <= HIGHEST_UID ? uid : undefined;
}
