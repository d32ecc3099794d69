import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holderOf, type Lock, type LockRequest, takeLock } from "./lock.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bulkhead-lock-"));
  file = join(directory, "lock");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function take(more: Partial<LockRequest> = {}): Promise<Lock> {
  return takeLock({ files: [file], command: "apply", waitMilliseconds: 0, ...more });
}

const locked = (words: string) =>
  expect.objectContaining({ code: "apply/locked", message: expect.stringContaining(words) });

test("the second is told who holds the lock", async () => {
  const lock = await take();
  await expect(take({ command: "status" })).rejects.toThrow(
    locked(`process ${process.pid} ('apply', since `),
  );
  lock.release();
  (await take()).release();
});

test("who waits gets the lock when it is let go", async () => {
  const lock = await take();
  const waiting = take({ command: "confirm", waitMilliseconds: 10_000 });
  lock.release();
  const second = await waiting;
  expect(holderOf(file)).toMatchObject({ pid: process.pid, command: "confirm" });
  second.release();
});

test("of several locks all are held, or none", async () => {
  const other = join(directory, "other");
  const lock = await take({ files: [other] });
  await expect(take({ files: [file, other] })).rejects.toThrow(locked(other));
  (await take({ files: [file] })).release();
  lock.release();
});

test("a lock whose file was removed meanwhile is not the lock", async () => {
  const lock = await take();
  const waiting = take({ waitMilliseconds: 10_000 });
  lock.remove();
  const second = await waiting;
  expect(existsSync(file)).toBe(true);
  await expect(take()).rejects.toThrow(locked(file));
  second.release();
});

test("waiting ends at the signal", async () => {
  const lock = await take();
  const controller = new AbortController();
  const waiting = take({ waitMilliseconds: 10_000, signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toThrow(expect.objectContaining({ code: "apply/interrupted" }));
  lock.release();
});

test("a holder that was killed holds nothing; a program that it started holds on until it has ended", async () => {
  const script = `
    import { spawn } from "node:child_process";
    import { takeLock } from ${JSON.stringify(fileURLToPath(new URL("lock.ts", import.meta.url)))};
    await takeLock({ files: [${JSON.stringify(file)}], command: "apply", waitMilliseconds: 0 });
    const nft = spawn("sleep", ["1000"], { stdio: "ignore" });
    console.log(nft.pid);
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ["--input-type=module-typescript", "-e", script]);
  const [started] = await once(holder.stdout, "data");
  holder.kill("SIGKILL");
  await once(holder, "close");
  await expect(take()).rejects.toThrow(locked("it has ended, but the nft that it started has not"));
  process.kill(Number(String(started).trim()), "SIGKILL");
  (await take({ waitMilliseconds: 10_000 })).release();
});
