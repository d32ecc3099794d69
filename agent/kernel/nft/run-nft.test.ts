import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeProgram } from "../fixtures/fake-program.ts";
import { type NftCommand, runNft } from "./run-nft.ts";

function command(directory: string, overrides: Partial<NftCommand> = {}): NftCommand {
  return { directories: [directory], timeoutMilliseconds: 20_000, maximumOutputBytes: 1024, ...overrides };
}

test("arguments, standard input and both outputs pass as they are", async () => {
  using nft = fakeProgram("nft", 'printf "%s|" "$@"; cat; echo oh >&2; exit 3');
  const answer = await runNft(command(nft.directory), ["-f", "$(reboot); 'x'"], "text\n");
  expect(answer).toEqual({ status: 3, stdout: "-f|$(reboot); 'x'|text\n", stderr: "oh\n" });
});

test("nft gets an environment of two constants, whatever ours is", async () => {
  using nft = fakeProgram("nft", "/usr/bin/env | /usr/bin/sort");
  const { stdout } = await runNft(command(nft.directory), []);
  // What a shell adds to any environment.
  const own = stdout.split("\n").filter((line) => line !== "" && !/^(?:PWD|SHLVL|_|OLDPWD)=/.test(line));
  expect(own).toEqual(["LC_ALL=C", "TZ=UTC"]);
});

test("where nft is nowhere, the error says where it was looked for", async () => {
  await expect(runNft(command("/nowhere"), [])).rejects.toMatchObject({
    code: "kernel/nft-missing",
    message: "nft is in none of /nowhere",
  });
});

test("an nft that cannot be started is missing", async () => {
  using nft = fakeProgram("nft", "");
  writeFileSync(nft.file, "#!/no/such/interpreter\n");
  await expect(runNft(command(nft.directory), [])).rejects.toMatchObject({ code: "kernel/nft-missing" });
});

test("an nft that does not end is stopped", async () => {
  using nft = fakeProgram("nft", "exec /bin/sleep 600");
  await expect(runNft(command(nft.directory, { timeoutMilliseconds: 50 }), [])).rejects.toMatchObject({
    code: "kernel/nft-slow",
    message: "nft did not end within 0.05 s",
  });
});

test("an nft that is killed is told apart from one that fails", async () => {
  using nft = fakeProgram("nft", "kill -9 $$");
  await expect(runNft(command(nft.directory), [])).rejects.toMatchObject({
    code: "kernel/nft-killed",
    message: "nft was ended by SIGKILL",
  });
});

test("output without end is cut off", async () => {
  using nft = fakeProgram("nft", "while :; do echo y; done");
  await expect(runNft(command(nft.directory), [])).rejects.toMatchObject({ code: "kernel/nft-unreadable" });
});

test("an nft that ends before it has read everything is no fault of ours", async () => {
  using nft = fakeProgram("nft", "exec <&-; echo early; exit 1");
  const answer = await runNft(command(nft.directory), [], "x".repeat(4_000_000));
  expect(answer).toEqual({ status: 1, stdout: "early\n", stderr: "" });
});

test("an nft whose agent is killed still has the whole text, or none", async () => {
  using nft = fakeProgram("nft", 'echo begun; read line; /bin/cat > "$1.part"; /bin/mv "$1.part" "$1"');
  const result = join(nft.directory, "read");
  using agent = fakeProgram("agent.ts", "");
  writeFileSync(
    agent.file,
    `import { runNft } from ${JSON.stringify(new URL("run-nft.ts", import.meta.url).pathname)};
     const command = { directories: [${JSON.stringify(nft.directory)}], timeoutMilliseconds: 60_000, maximumOutputBytes: 1024 };
     const text = "first\\n" + "x".repeat(8_000_000);
     runNft(command, [${JSON.stringify(result)}], text);
     process.kill(process.pid, "SIGKILL");`,
  );
  const child = spawn(process.execPath, [agent.file], { stdio: "inherit" });
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");
  await expect
    .poll(() => statSync(result, { throwIfNoEntry: false })?.size, { timeout: 20_000 })
    .toBe(8_000_000);
});
