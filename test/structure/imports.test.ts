import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DOORS, ROOMS, type Room } from "./rooms.ts";
import { type Import, isTest, ROOT, readSource, type SourceFile, sourceFile } from "./source.ts";

const product = readSource("shared", "terminal", "agent", "server", "dashboard/src").filter(
  (file) => !isTest(file.path),
);
const everything = readSource("shared", "terminal", "agent", "server", "dashboard/src", "test", "packaging");

function roomOf(path: string): Room | undefined {
  return ROOMS.find(({ room }) => path.startsWith(`${room}/`));
}

function mayImport(room: Room, imported: Import): boolean {
  // A workspace's own version and name.
  if (imported.file === `${room.room.split("/")[0]}/package.json`) return true;
  if (imported.file !== undefined)
    return [room.room, ...room.knows].some((known) => imported.file?.startsWith(`${known}/`));
  const name = imported.specifier.startsWith("node:")
    ? "node:*"
    : imported.specifier.split("/", imported.specifier.startsWith("@") ? 2 : 1).join("/");
  return room.packages.some((known) => known === imported.specifier || known === name);
}

function wrongImports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    if (!room) return [`${file.path}: this room is not in test/structure/rooms.ts`];
    return file.imports
      .filter((imported) => !mayImport(room, imported))
      .map(
        ({ line, specifier }) =>
          `${file.path}:${line}: ${room.room} may not import ${specifier}: ${room.because}`,
      );
  });
}

function wrongDoors(files: readonly SourceFile[]): string[] {
  return DOORS.flatMap((door) =>
    files
      .filter((file) => file.path.startsWith(`${door.within}/`) && !door.files.includes(file.path))
      .flatMap((file) => file.imports.map((imported) => ({ file, imported })))
      .filter(({ imported }) => door.specifiers.includes(imported.specifier))
      .map(
        ({ file, imported }) =>
          `${file.path}:${imported.line}: ${door.effect} is not for this file: ${door.because}`,
      ),
  );
}

test("imports point one way", () => {
  expect(wrongImports(product)).toEqual([]);
});

test("each effect has one door", () => {
  expect(wrongDoors(product)).toEqual([]);
});

test("every door is there and is used", () => {
  const opened = DOORS.flatMap((door) =>
    door.files.map((path) => ({ door, file: product.find((file) => file.path === path) })),
  );
  for (const { door, file } of opened)
    expect(
      file?.imports.some(({ specifier }) => door.specifiers.includes(specifier)),
      `${door.files}: ${door.effect}`,
    ).toBe(true);
});

test("nothing imports in a circle, types included", () => {
  expect(cycles(everything)).toEqual([]);
});

test("every relative import names its file with its ending", () => {
  const lost = everything.flatMap(({ path, imports }) =>
    imports
      .filter(({ file }) => file !== undefined && !existsSync(join(ROOT, file)))
      .map(({ line, specifier }) => `${path}:${line}: ${specifier}`),
  );
  expect(lost).toEqual([]);
});

test("a wrong import, a second door and a circle are seen", () => {
  const files = [
    sourceFile(
      "shared/net/a.ts",
      'import { b } from "../policy/b.ts";\nimport type { Stats } from "node:fs";\n',
    ),
    sourceFile(
      "shared/policy/b.ts",
      'import {\n  a,\n} from "../net/a.ts";\nimport { parse } from "yaml";\n',
    ),
    sourceFile(
      "agent/apply/c.ts",
      'export { spawn } from "node:child_process";\nconst x = await import("@bulkhead/server/cli/main.ts");\n',
    ),
    sourceFile("server/attic/d.ts", ""),
  ];
  expect(wrongImports(files).map((wrong) => wrong.split(": ").slice(0, 2).join(": "))).toEqual([
    "shared/net/a.ts:1: shared/net may not import ../policy/b.ts",
    "shared/net/a.ts:2: shared/net may not import node:fs",
    "agent/apply/c.ts:2: agent/apply may not import @bulkhead/server/cli/main.ts",
    "server/attic/d.ts: this room is not in test/structure/rooms.ts",
  ]);
  expect(wrongDoors(files)).toEqual([
    "agent/apply/c.ts:1: running programs is not for this file: nft is the only program that the agent runs, to its end or beside it, without a shell",
  ]);
  expect(cycles(files)).toEqual(["shared/net/a.ts -> shared/policy/b.ts -> shared/net/a.ts"]);
});

/** Every circle that a walk along the imports meets, each told once. */
function cycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(" -> "));
    if (at >= 0 || done.has(path)) return;
    for (const { file } of byPath.get(path)?.imports ?? [])
      if (file !== undefined) walk(file, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) walk(path, []);
  return found;
}
