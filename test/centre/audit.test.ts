/** The audit log of a real server: what is refused, kills, backups; and FAULTS.md, row 40: altered by one byte. */

import { execFile } from "node:child_process";
import { verify as verifySignature, X509Certificate } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditEntry, AuditHead, AuditPage } from "@bulkhead/server/api/audit-shapes.ts";
import { apiClient } from "@bulkhead/server/client/api-client.ts";
import { mainDatabase } from "@bulkhead/server/serve/schema.ts";
import { openDatabase } from "@bulkhead/server/store/database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BULKHEAD } from "../estate/place.ts";
import { LoneServer } from "./lone-server.ts";

let root: string;
let directory: string;
let server: LoneServer;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "bulkhead-audit-"));
  directory = join(root, "data");
  server = await LoneServer.start(directory);
});
afterAll(async () => {
  await server?.end();
  rmSync(root, { recursive: true, force: true });
});

interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function bulkhead(...words: readonly string[]): Promise<Told> {
  return new Promise((resolve) => {
    execFile(BULKHEAD, words, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const audit = (...words: readonly string[]) => bulkhead("audit", ...words, "--data-dir", directory);
const entries = async (kind: string) =>
  (await server.client.get<AuditPage>("/api/v1/audit", { kind, limit: 100 })).entries;

test("what is refused is an entry, once for each address however often", async () => {
  const { url } = await (async () => {
    await server.client.post("/api/v1/accounts", { name: "anna", role: "viewer" });
    return server.client.post<{ url: string }>("/api/v1/accounts/anna/sign-in-links");
  })();
  const authority = await server.client.text("/authority.pem");
  const stranger = apiClient({ kind: "tls", origin: new URL(url).origin, authority });
  const attempt = { account: "my password is swordfish", password: "correct horse", keep: "token" };
  for (let count = 0; count < 3; count++)
    await expect(stranger.post("/api/v1/sign-in", attempt)).rejects.toThrow();
  const refused = await entries("sign-in-refused");
  expect(refused).toMatchObject([{ who: "anyone", credential: "none", address: "127.0.0.1" }]);
  expect(JSON.stringify(refused)).not.toContain("swordfish");
  const body = { name: "ci", role: "viewer", expiresInSeconds: 3_600 };
  const { token } = await server.client.post<{ token: string }>("/api/v1/api-tokens", body);
  const ci = apiClient({ kind: "tls", origin: new URL(url).origin, authority, token });
  await expect(ci.post("/api/v1/rollback")).rejects.toThrow("needs approver");
  expect(await entries("request-refused")).toMatchObject([
    { who: "ci", credential: "token", about: "POST /api/v1/rollback", address: "127.0.0.1" },
  ]);
});

test("the head is signed by the authority, and is what the command prints", async () => {
  const head = await server.client.get<AuditHead>("/api/v1/audit/head");
  const { publicKey } = new X509Certificate(await server.client.text("/authority.pem"));
  const signature = Buffer.from(head.signature, "base64");
  expect(verifySignature("sha256", Buffer.from(head.statement), publicKey, signature)).toBe(true);
  expect(head.statement).toBe(`bulkhead audit head 1\n${head.number}:${head.hash}\n`);
  expect(await audit("head")).toEqual({ code: 0, stdout: `${head.number}:${head.hash}\n`, stderr: "" });
});

test("entries are listed by who, kind and time, one is shown, all are exported as lines", async () => {
  const listed = await audit(
    "--who",
    "local",
    "--kind",
    "account-made,api-token-made",
    "--since",
    "1h",
    "--json",
  );
  const parsed = JSON.parse(listed.stdout) as { formatVersion: number; entries: AuditEntry[] };
  expect(parsed.formatVersion).toBe(1);
  expect(parsed.entries.map(({ kind, about }) => `${kind} ${about}`)).toEqual([
    "api-token-made ci",
    "account-made anna",
  ]);
  const shown = await audit("show", "1");
  expect(shown.stdout).toContain("server-started");
  expect((await audit("show", "99999")).stderr).toContain("server/no-entry");
  const exported = (await audit("export")).stdout.trim().split("\n");
  expect(exported.map((line) => (JSON.parse(line) as AuditEntry).number)).toEqual(
    exported.map((_, at) => at + 1),
  );
  expect((await audit("--since", "2026-13-77")).code).toBe(2);
  expect((await audit("--until", "2001-01-01")).stdout).toBe("no entry\n");
});

test("a backup has a head, is verified without a server, and to be put back is an entry with what it replaced", async () => {
  const backup = join(root, "backup");
  const made = await bulkhead("backup", backup, "--data-dir", directory, "--json");
  const { auditHead } = JSON.parse(made.stdout) as { auditHead: string };
  await server.client.send("PATCH", "/api/v1/settings", { leaseSeconds: 7_200 });
  const verify = (...words: readonly string[]) => bulkhead("audit", "verify", ...words);
  expect(await verify("--data-dir", backup, "--head", auditHead)).toMatchObject({ code: 0 });
  const later = (await audit("head")).stdout.trim();
  const cut = await verify("--data-dir", backup, "--head", later);
  expect([cut.code, cut.stdout]).toEqual([1, expect.stringContaining("its end was cut off")]);
  const replaced = join(root, "elsewhere");
  cpSync(directory, replaced, { recursive: true, filter: (path) => !path.endsWith(".sock") });
  expect((await bulkhead("restore", backup, "--data-dir", replaced)).code).toBe(0);
  expect((await verify("--data-dir", replaced, "--head", auditHead)).code).toBe(0);
  const database = openDatabase(mainDatabase(join(replaced, "bulkhead.db")));
  const [last] = database.prepare("SELECT kind, facts FROM event ORDER BY id DESC LIMIT 1").all();
  database.close();
  expect(last).toMatchObject({ kind: "backup-restored", facts: expect.stringContaining(later) });
  writeFileSync(join(backup, "authority.pem"), "another authority");
  expect((await bulkhead("restore", backup, "--data-dir", replaced)).stderr).toContain(
    "is not what it was when the backup was made",
  );
});

test("a server that was killed says so when it is back, and since when nothing is known of it", async () => {
  const killed = Date.now();
  await server.end("SIGKILL");
  server = await LoneServer.start(directory);
  const [started] = await entries("server-started");
  expect(started?.facts).toMatchObject({ before: "killed" });
  expect(started?.facts.lastAlive).toBeLessThanOrEqual(killed);
  await server.end();
  server = await LoneServer.start(directory);
  expect((await entries("server-started"))[0]?.facts).toMatchObject({ before: "stopped" });
  expect(await audit("verify")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^whole: \d+ entries/),
  });
});

test("row 40: one byte of one entry in the file, and `audit verify` names it, with and without the server", async () => {
  const [entry] = await entries("api-token-made");
  const number = entry?.number ?? 0;
  await server.end();
  const file = join(directory, "bulkhead.db");
  const whole = readFileSync(file);
  // The entry's name occurs beside its kind; the token itself and the index have it elsewhere.
  const at = whole.indexOf("api-token-madelocalci");
  expect(at).toBeGreaterThan(0);
  const altered = Buffer.from(whole);
  altered[at + "api-token-madeloca".length] = "x".charCodeAt(0);
  writeFileSync(file, altered);
  const told = await audit("verify");
  expect([told.code, told.stdout]).toEqual([
    1,
    expect.stringMatching(new RegExp(`^ALTERED: entry ${number} \\(`)),
  ]);
  server = await LoneServer.start(directory);
  const asked = await server.client.get<{ fault: { number: number } }>("/api/v1/audit/verification");
  expect(asked.fault.number).toBe(number);
  const lines = await Array.fromAsync(
    server.client.stream<{ kind: string }>("/api/v1/audit/verification/lines"),
  );
  // The answer begins before the log is read, so that nobody takes the server for silent.
  expect(lines.slice(0, -1).every(({ kind }) => kind === "progress")).toBe(true);
  expect([lines[0], lines.at(-1)]).toEqual([
    { kind: "progress", entries: 0, of: expect.any(Number) },
    { kind: "verdict", ...asked },
  ]);
  const json = JSON.parse((await audit("verify", "--json")).stdout) as {
    fault: { number: number; what: string };
  };
  expect(json).toMatchObject({ formatVersion: 1, whole: false, fault: { number, what: "entry" } });
  // Control: the file as it was is whole.
  await server.end();
  writeFileSync(file, whole);
  rmSync(`${file}-wal`, { force: true });
  rmSync(`${file}-shm`, { force: true });
  expect((await audit("verify")).code).toBe(0);
  server = await LoneServer.start(directory);
});
