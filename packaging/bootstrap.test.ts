import { type ExecFileException, execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

interface Outcome {
  readonly code: number;
  readonly stderr: string;
}

/** A checkout with nothing in it but the set-up, a lockfile, and an npm that only notes that it was called. */
class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), "bulkhead-bootstrap-"));

  constructor(systemPackages: string) {
    chmodSync(this.root, 0o755);
    mkdirSync(join(this.root, "packaging"));
    cpSync(join(import.meta.dirname, "bootstrap.sh"), join(this.root, "packaging/bootstrap.sh"));
    writeFileSync(join(this.root, "packaging/system-packages"), systemPackages);
    writeFileSync(join(this.root, "packaging/pinned-node"), "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(join(this.root, "package-lock.json"), "{}\n");
    writeFileSync(
      join(this.root, "npm"),
      'echo "$@" >>calls; sleep 0.1; rm -rf node_modules; mkdir node_modules; cp package-lock.json node_modules/.package-lock.json\n',
    );
  }

  bootstrap(...prefix: string[]): Promise<Outcome> {
    return this.#run([...prefix, "sh", join(this.root, "packaging/bootstrap.sh")]);
  }

  bootstrapForTests(...prefix: string[]): Promise<Outcome> {
    return this.#run([...prefix, "sh", join(this.root, "packaging/bootstrap.sh"), "test"]);
  }

  #run([command = "sh", ...args]: readonly string[]): Promise<Outcome> {
    const env = { ...process.env, npm_node_execpath: "/bin/sh", npm_execpath: join(this.root, "npm") };
    return new Promise((resolve) => {
      execFile(command, args, { env, cwd: "/" }, (error: ExecFileException | null, _stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stderr }),
      );
    });
  }

  npmCalls(): string[] {
    return readFileSync(join(this.root, "calls"), "utf8").trim().split("\n");
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

describe("the set-up of a checkout", () => {
  let checkout = new Checkout("sh dash");
  beforeEach(() => {
    checkout.remove();
    checkout = new Checkout("# a comment\n\nsh dash the shell\n/bin/s? dash by pattern\n");
  });
  afterEach(() => checkout.remove());

  test("installs the npm packages of a fresh clone, the development ones too, and says so", async () => {
    const outcome = await checkout.bootstrap();
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toContain("installing npm packages");
    expect(checkout.npmCalls()).toEqual(["ci --include=dev --include=optional --loglevel=error"]);
  });

  test("says and does nothing the second time", async () => {
    await checkout.bootstrap();
    expect(await checkout.bootstrap()).toEqual({ code: 0, stderr: "" });
    expect(checkout.npmCalls()).toHaveLength(1);
  });

  test("installs again when the lockfile has changed", async () => {
    await checkout.bootstrap();
    const lockfile = join(checkout.root, "package-lock.json");
    writeFileSync(lockfile, "{}\n\n");
    const later = Date.now() / 1000 + 60;
    utimesSync(lockfile, later, later);
    await checkout.bootstrap();
    expect(readFileSync(join(checkout.root, "node_modules/.package-lock.json"), "utf8")).toBe("{}\n\n");
  });

  test("runs npm once when it is started twice at a time", async () => {
    const [first, second] = await Promise.all([checkout.bootstrap(), checkout.bootstrap()]);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(checkout.npmCalls()).toHaveLength(1);
  });

  test.runIf(process.getuid?.() === 0)(
    "names the system packages that an account without root has to ask for, and exits 3",
    async () => {
      writeFileSync(
        join(checkout.root, "packaging/system-packages"),
        "no-such-command some-package why\n/no/such.so* other-package\n",
      );
      const outcome = await checkout.bootstrap("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
      expect(outcome.code).toBe(3);
      expect(outcome.stderr).toContain("apt-get install other-package some-package");
    },
  );

  test.runIf(process.getuid?.() === 0)("what only tests need is asked for by tests only", async () => {
    writeFileSync(join(checkout.root, "packaging/test-packages"), "no-such-browser some-browser why\n");
    expect(await checkout.bootstrap()).toMatchObject({ code: 0 });
    const outcome = await checkout.bootstrapForTests(
      "setpriv",
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
    );
    expect(outcome).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("apt-get install some-browser"),
    });
  });
});
