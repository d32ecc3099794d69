/** Our two programs as few files of JavaScript: what they import is in them, what they never reach is not. */

import { basename, dirname, join, relative } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import type { Target } from "./target.ts";

export interface Bundle {
  readonly files: ReadonlyMap<string, string>;
  /** The folders of npm packages that something was taken from, in the checkout: `node_modules/…`, sorted. */
  readonly packages: readonly string[];
  /** Folders of the checkout that the code opens, by the names that they have beside it: `dashboard` for `dashboard/dist`. */
  readonly folders: ReadonlyMap<string, string>;
  /** The native addons that the code loads, by the names that it loads them under, beside it. */
  readonly addons: readonly Addon[];
}

/** A file of machine code. */
export interface Addon {
  readonly file: "koffi.node" | "better-sqlite3.node";
  /** The npm package that it is from, and its path there. */
  readonly package: string;
  readonly path: string;
}

/** The program's entry in the bundle. */
export const ENTRY = "main.mjs";

export function addonsFor({ node }: Target): readonly Addon[] {
  return [
    { file: "koffi.node", package: `@koromix/koffi-linux-${node}`, path: `linux_${node}/koffi.node` },
    { file: "better-sqlite3.node", package: "better-sqlite3", path: `prebuilds/linux-${node}.node` },
  ];
}

/** Bundles a program (`agent/cli/main.ts`). Nothing in it tells where the checkout is. */
export async function bundle(root: string, entry: string, target: Target): Promise<Bundle> {
  const folders = new Map<string, string>();
  const bundled = await rolldown({
    input: { main: join(root, entry) },
    cwd: root,
    platform: "node",
    external: [/^node:/],
    plugins: [besideTheCode(target), filesByUrl(root, folders)],
    onLog(level, log) {
      // What it warns of is that a file, a name or an import cannot be found: all of that would fail later, at a user's.
      if (level === "warn" && log.code !== "EVAL") throw new Error(`${log.code}: ${log.message}`);
    },
  });
  const { output } = await bundled.generate({
    format: "esm",
    entryFileNames: "[name].mjs",
    chunkFileNames: "[name]-[hash].mjs",
    // Names stay: a stack trace in somebody's report can be read.
    comments: { legal: false },
    minify: { compress: { target: "node26" }, mangle: false, codegen: { removeWhitespace: true } },
  });
  await bundled.close();
  const chunks = output.map((file) => {
    if (file.type !== "chunk") throw new Error(`the bundle has a file that is no code: ${file.fileName}`);
    return file;
  });
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds);
  const code = chunks.map(({ code }) => code).join("\n");
  return {
    files: new Map(chunks.map(({ fileName, code }) => [fileName, inOneByte(code)])),
    packages: [...new Set(modules.flatMap((id) => packageOf(root, id) ?? []))].sort(),
    folders,
    addons: addonsFor(target).filter(({ file }) => code.includes(`./${file}`)),
  };
}

/** Native addons lie beside the bundle, under names of their own, and are loaded without a search. */
function besideTheCode({ node }: Target): Plugin {
  const koffi = "\0koffi-addon";
  return {
    name: "native-addons",
    resolveId(source, importer) {
      if (source === "better-sqlite3") return this.resolve(`better-sqlite3/linux-${node}`, importer);
      if (source === `../prebuilds/linux-${node}.node`)
        return { id: "./better-sqlite3.node", external: true };
      // Where koffi looks first: the file that is made for bundlers.
      if (source === "./src/static.js" && importer?.includes("/node_modules/koffi/") === true) return koffi;
      return null;
    },
    load(id) {
      if (id !== koffi) return null;
      return `import { createRequire } from "node:module";
export const loadStatic = () => createRequire(import.meta.url)("./koffi.node");`;
    },
  };
}

/**
 * What our code names by `new URL(…, import.meta.url)`: a thread's file (`./file.ts`) becomes an entry of its own; a folder (`../dashboard/dist/`) will lie beside the code, under the name of its workspace.
 */
function filesByUrl(root: string, folders: Map<string, string>): Plugin {
  return {
    name: "files-by-url",
    transform(code, id) {
      if (!id.startsWith(root) || id.includes("/node_modules/") || !code.includes("import.meta")) return null;
      const other = /import\.meta\.\w+/.exec(code.replaceAll(FILE, "").replaceAll(FOLDER, ""))?.[0];
      if (other !== undefined)
        throw new Error(
          `${relative(root, id)}: ${other} means another place in a bundle; the bundler knows new URL("./file.ts", import.meta.url) and new URL("../folder/", import.meta.url)`,
        );
      return code
        .replaceAll(FILE, (_all, file: string) => {
          const name = basename(file, ".ts");
          const reference = this.emitFile({ type: "chunk", id: join(dirname(id), file), name });
          return `new URL(import.meta.ROLLUP_FILE_URL_${reference})`;
        })
        .replaceAll(FOLDER, (_all, path: string) => {
          const folder = relative(root, join(dirname(id), path));
          const [name = ""] = folder.split("/");
          folders.set(name, folder);
          return `new URL("./${name}/", import.meta.url)`;
        });
    },
  };
}

const FILE = /new URL\("(\.[^"]+\.ts)", import\.meta\.url\)/g;
const FOLDER = /new URL\("(\.[^"]+)\/", import\.meta\.url\)/g;

/** V8 keeps source text with one byte a character, or with two as soon as one character is above U+00FF: those are written as escapes. */
function inOneByte(code: string): string {
  return code.replaceAll(
    /[\u0100-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function packageOf(root: string, id: string): string | undefined {
  const path = relative(root, id);
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}
