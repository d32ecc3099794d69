import { execFileSync } from "node:child_process";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type PolicyFileSystem, readPolicyFiles } from "./files.ts";
import { LIMITS } from "./limits.ts";
import { loadPolicy } from "./load.ts";
import { formatProblem } from "./problem.ts";

let folder = "";

beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), "bulkhead-files-"));
});

afterEach(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

/** Writes files by their path inside the test's folder. */
async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await fs.mkdir(join(folder, name, ".."), { recursive: true });
    await fs.writeFile(join(folder, name), content);
  }
}

/** Reads paths inside the test's folder; what is said names that folder as `.`. */
async function read(paths: readonly string[], fileSystem: PolicyFileSystem = fs) {
  const { files, problems } = await readPolicyFiles(
    fileSystem,
    paths.map((path) => join(folder, path)),
  );
  const inside = (text: string) => text.replaceAll(`${folder}/`, "").replaceAll(folder, ".");
  return {
    files: files.map(({ name }) => inside(name)),
    problems: problems.map(formatProblem).map(inside),
    texts: files.map(({ text }) => text),
  };
}

test("a folder is read in any depth, sorted, by the three endings and no others", async () => {
  const names = [
    "b.yaml",
    "a.yml",
    "sub/deep/c.json",
    "sub/D.YAML",
    "readme.md",
    "x.yaml.bak",
    "yaml",
    "sub/e.yaml~",
    ".hidden.yaml",
    ".git/f.yaml",
  ];
  await write(Object.fromEntries(names.map((name) => [name, name])));
  expect(await read(["."])).toEqual({
    files: ["a.yml", "b.yaml", "sub/D.YAML", "sub/deep/c.json"],
    problems: [],
    texts: ["a.yml", "b.yaml", "sub/D.YAML", "sub/deep/c.json"],
  });
});

test("a file that is named is read whatever its ending, and is called as it was named", async () => {
  await write({ ".policy": "x" });
  expect(await read([".policy"])).toMatchObject({ files: [".policy"], problems: [] });
});

test("each file says where it is", async () => {
  await write({ "p/a.yaml": "x" });
  const { files } = await readPolicyFiles(fs, [`${folder}/p/`]);
  expect(files).toEqual([{ name: "a.yaml", text: "x", path: `${folder}/p/a.yaml` }]);
});

test("of several paths each file is read once, and called by its path", async () => {
  await write({ "p/a.yaml": "1", "q/a.yaml": "2", "p/sub/b.yaml": "3" });
  expect(await read(["p", "q", "p/a.yaml", "p/sub"])).toEqual({
    files: ["p/a.yaml", "p/sub/b.yaml", "q/a.yaml"],
    problems: [],
    texts: ["1", "3", "2"],
  });
});

test("a byte order mark is no part of the text", async () => {
  await write({ "a.yaml": "\ufeffmode: off" });
  expect((await read(["a.yaml"])).texts).toEqual(["mode: off"]);
});

test("a mounted ConfigMap, whose files are links into a hidden folder, is read once", async () => {
  await write({ "..2026/a.yaml": "x" });
  await fs.symlink("..2026", join(folder, "..data"));
  await fs.symlink("..data/a.yaml", join(folder, "a.yaml"));
  expect(await read(["."])).toMatchObject({ files: ["a.yaml"], problems: [] });
});

test.each([
  [
    "what is not there",
    "nowhere",
    "nowhere:1:1: error: there is no such file or folder [policy/path-not-found]",
  ],
  [
    "a path through a file",
    "a.yaml/b",
    "a.yaml/b:1:1: error: there is no such file or folder [policy/path-not-found]",
  ],
  [
    "a folder without policies",
    "empty",
    "empty:1:1: error: the folder holds no policy file, expected *.yaml, *.yml or *.json in it [policy/no-files]",
  ],
  [
    "a link to itself",
    "self.yaml",
    "self.yaml:1:1: error: a symbolic link leads round in a circle, expected a file [policy/symlink-loop]",
  ],
  [
    "a named pipe",
    "pipe",
    "pipe:1:1: error: this is neither a file nor a folder, expected one of them [policy/not-a-file]",
  ],
  [
    "a name that no file can have",
    `${"x".repeat(300)}`,
    `${"x".repeat(300)}:1:1: error: this could not be read: its name is too long [policy/unreadable]`,
  ],
])("%s is refused", async (_what, path, problem) => {
  await write({ "a.yaml": "x", "empty/readme.md": "x" });
  await fs.symlink("self.yaml", join(folder, "self.yaml"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  expect(await read([path])).toEqual({ files: [], problems: [problem], texts: [] });
});

test("every fault in a folder is reported, and the other files are read", async () => {
  await write({
    "zero.yaml": "a: \0",
    "latin.yaml": Uint8Array.from([0x61, 0x0a, 0x62, 0x3a, 0x20, 0xfc, 0x0a]),
    "utf16.yaml": Uint8Array.from([0xff, 0xfe, 0x61, 0x00]),
    "good.yaml": "x",
  });
  await fs.symlink("nowhere", join(folder, "dangling.yaml"));
  await fs.symlink("nowhere", join(folder, "dangling.txt"));
  await fs.symlink("..", join(folder, "good.d"));
  await fs.symlink(".", join(folder, "loop"));
  execFileSync("mkfifo", [join(folder, "pipe.yaml")]);
  expect(await read(["."])).toEqual({
    files: ["good.yaml"],
    texts: ["x"],
    problems: [
      "dangling.yaml:1:1: error: a symbolic link leads to nothing, expected a file [policy/unreadable]",
      "good.d:1:1: error: a symbolic link leads back to a folder that it lies in [policy/symlink-loop]",
      "latin.yaml:2:4: error: the file is not UTF-8: the bytes here are no character [policy/not-text]",
      "loop:1:1: error: a symbolic link leads back to a folder that it lies in [policy/symlink-loop]",
      "pipe.yaml:1:1: error: this is neither a file nor a folder, expected one of them [policy/not-a-file]",
      "utf16.yaml:1:1: error: the file is UTF-16, expected UTF-8 [policy/not-text]",
      "zero.yaml:1:1: error: the file is binary (it has a zero byte at 3), expected text [policy/not-text]",
    ],
  });
});

/** The real file system, of which one call fails for paths with this ending. */
function failing(
  call: "stat" | "readdir" | "open" | "realpath",
  name: string,
  code: string,
): PolicyFileSystem {
  const unless = <Result>(made: typeof call, path: string, act: () => Promise<Result>): Promise<Result> =>
    made === call && path.endsWith(name) ? Promise.reject(Object.assign(new Error(code), { code })) : act();
  return {
    stat: (path) => unless("stat", path, () => fs.stat(path)),
    readdir: (path) => unless("readdir", path, () => fs.readdir(path)),
    open: (path, flags) => unless("open", path, () => fs.open(path, flags)),
    realpath: (path) => unless("realpath", path, () => fs.realpath(path)),
  };
}

test.each([
  ["open", "a.yaml", "EACCES", "permission denied"],
  ["stat", "a.yaml", "EPERM", "permission denied"],
  ["readdir", "sub", "EACCES", "permission denied"],
  ["realpath", "a.yaml", "EIO", "the disk has an error"],
  ["open", "a.yaml", "ESTALE", "ESTALE"],
] as const)(
  "where %s of %s fails with %s, that file or folder is unreadable",
  async (call, name, code, reason) => {
    await write({ "sub/a.yaml": "x" });
    const place = name === "sub" ? "sub" : "sub/a.yaml";
    const { files, problems } = await read(["."], failing(call, name, code));
    expect(files).toEqual([]);
    expect(problems).toEqual([`${place}:1:1: error: this could not be read: ${reason} [policy/unreadable]`]);
  },
);

test("a file that is too large is refused with both numbers, and what is large by sparseness too", async () => {
  await write({ "a.yaml": "x".repeat(LIMITS.fileBytes + 1), "sparse.yaml": "" });
  await fs.truncate(join(folder, "sparse.yaml"), 1e12);
  expect((await read(["."])).problems).toEqual([
    "a.yaml:1:1: error: the file has 4,194,305 bytes, and 4,194,304 are the most that a file may have [policy/limit-exceeded]",
    "sparse.yaml:1:1: error: the file has 1,000,000,000,000 bytes, and 4,194,304 are the most that a file may have [policy/limit-exceeded]",
  ]);
});

test("a file without a size is read no further than its limit", async () => {
  const { problems } = await readPolicyFiles(
    {
      ...fs,
      stat: async (path) => ({ size: 0, isFile: () => path.endsWith("zero"), isDirectory: () => false }),
    },
    ["/dev/zero"],
  );
  expect(problems.map(formatProblem)).toEqual([
    "/dev/zero:1:1: error: the file has 4,194,305 bytes, and 4,194,304 are the most that a file may have [policy/limit-exceeded]",
  ]);
});

test("too many bytes in all files together end the reading", async () => {
  const text = "x".repeat(LIMITS.fileBytes);
  await write({
    "1.yaml": text,
    "2.yaml": text,
    "3.yaml": text,
    "4.yaml": text,
    "5.yaml": "x",
    "6.yaml": "x",
  });
  expect(await read(["."])).toMatchObject({
    files: ["1.yaml", "2.yaml", "3.yaml", "4.yaml"],
    problems: [
      "5.yaml:1:1: error: the files have more than 16,777,216 bytes together, which is the most that a policy may have [policy/limit-exceeded]",
    ],
  });
});

test("too many files end the reading", async () => {
  const names = Array.from({ length: LIMITS.files + 2 }, (_, at) => `${String(at).padStart(4, "0")}.yaml`);
  await write(Object.fromEntries(names.map((name) => [name, "x"])));
  const { files, problems } = await read(["."]);
  expect(files).toHaveLength(LIMITS.files);
  expect(problems).toEqual([
    "1000.yaml:1:1: error: there are more than 1,000 files, which is the most that a policy may have [policy/limit-exceeded]",
  ]);
});

test("folders that lie too deep end the reading", async () => {
  const deep = "d/".repeat(LIMITS.folderDepth + 1);
  await write({ [`${deep}a.yaml`]: "x" });
  expect((await read(["."])).problems).toEqual([
    `${deep.slice(0, -1)}:1:1: error: folders lie more than 16 deep inside one another here [policy/limit-exceeded]`,
  ]);
});

test("too many entries of folders end the reading", async () => {
  const entries = Array.from({ length: LIMITS.folderEntries + 1 }, (_, at) => `${at}.txt`);
  const { problems } = await read(["."], { ...fs, readdir: async () => entries });
  expect(problems).toEqual([
    ".:1:1: error: the folders have more than 100,000 entries, which is the most that are looked at [policy/limit-exceeded]",
  ]);
});

test("a policy is loaded from paths, with warnings", async () => {
  await write({
    "a.yaml": "segments: { web: { select: a } }\n",
    "b.yaml":
      "hosts: { h: { addresses: [10.0.0.1], labels: { a: b } } }\nrules: [{ allow: all, from: web, to: any, expires: 2020-01-01T00:00:00Z }]\n",
  });
  const loaded = await loadPolicy(fs, [folder], { now: Date.UTC(2026, 0) });
  expect(loaded.policy?.rules).toHaveLength(1);
  expect(loaded.problems.map(formatProblem)).toEqual([
    "b.yaml:2:9: warning: the rule 'b.yaml:2' expired at 2020-01-01T00:00:00.000Z [policy/expired-rule]",
  ]);
});

test("where a file could not be read there is no policy, and what it may define is not called unknown", async () => {
  await write({
    "b.yaml": "rules: [{ allow: all, from: web, to: web, expires: 2020-01-01T00:00:00Z, nme: x }]\n",
    "a.yaml": "\0",
  });
  const loaded = await loadPolicy(fs, [folder], { now: Date.UTC(2026, 0) });
  expect(loaded.policy).toBeUndefined();
  expect(loaded.files.map(({ name }) => name)).toEqual(["b.yaml"]);
  expect(loaded.problems.map(({ code }) => code)).toEqual(["policy/not-text", "policy/unknown-key"]);
});
