import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findUsers, parsePasswd } from "./users.ts";

const PASSWD = `root:x:0:0:root:/root:/bin/bash
shop:x:1001:1001::/srv/shop:/bin/false
shop:x:1002:1002:a second one:/:/bin/false
broken
nobody-in-particular:x:minus one:0::/:/bin/false
all-ones:x:4294967295:0::/:/bin/false
`;

async function find(...wanted: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), "bulkhead-passwd-"));
  try {
    const file = join(directory, "passwd");
    writeFileSync(file, PASSWD);
    return await findUsers(wanted, file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("accounts have their uids, the first line of a name counts, what is no account is none", () => {
  expect(Object.fromEntries(parsePasswd(PASSWD))).toEqual({ root: 0, shop: 1001 });
});

test("an account that only the name service knows is found as well", async () => {
  expect(await find("shop", "root", "nobody")).toEqual({ shop: 1001, root: 0, nobody: 65534 });
});

test("a number stands for itself", async () => {
  expect(await find("1234", "0", "4294967294")).toEqual({ "1234": 1234, "0": 0, "4294967294": 4294967294 });
});

test("what nobody knows is left out", async () => {
  expect(await find("no-such-account", "4294967295", "-1", "1e3", "", "constructor", "__proto__")).toEqual(
    {},
  );
});

test("without a passwd file there is still the name service", async () => {
  expect(await findUsers(["root"], "/nowhere/passwd")).toEqual({ root: 0 });
});
