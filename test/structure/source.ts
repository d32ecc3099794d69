/** The product's source as the structure tests see it: files, what they import, and their code without comments and text. */

import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface SourceFile {
  /** Relative to the checkout: `shared/net/address.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments blanked out; lines keep their numbers. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly line: number;
  /** As written: `../net/address.ts`, `node:fs`, `zod`. */
  readonly specifier: string;
  /** The file in this checkout that it names; undefined for packages and Node's own modules. */
  readonly file: string | undefined;
}

/** All TypeScript of the given folders, tests included. */
export function readSource(...folders: readonly string[]): SourceFile[] {
  const paths = folders.flatMap((folder) =>
    globSync(`${folder}/**/*.{ts,tsx}`, { cwd: ROOT, exclude: ["**/node_modules/**", "**/dist/**"] }),
  );
  return paths.sort().map((path) => sourceFile(path, readFileSync(join(ROOT, path), "utf8")));
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = withoutComments(text);
  return { path, text, code, imports: importsOf(path, code) };
}

export function isTest(path: string): boolean {
  return (
    path.endsWith(".test.ts") || /\/(?:fixtures|golden|testing)\//.test(path) || path.startsWith("test/")
  );
}

/** Blanks comments out. Strings and templates are skipped over, so that `"https://…"` stays whole; a regular expression that holds a quote is not understood. */
function withoutComments(text: string): string {
  const token = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(token, (found) => (/^\/[/*]/.test(found) ? found.replace(/[^\n]/g, " ") : found));
}

/** Blanks out what stands between quotes, for tests that look for words of code. */
export function withoutStrings(code: string): string {
  return code.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
}

export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

const IMPORT = /^(?:import|export)\b(?:[^"';]*?\bfrom\s*)?\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

function importsOf(path: string, code: string): Import[] {
  return [...code.matchAll(IMPORT)].map((match) => {
    const specifier = match[1] ?? match[2] ?? "";
    return { line: lineOf(code, match.index), specifier, file: fileOf(path, specifier) };
  });
}

function fileOf(importer: string, specifier: string): string | undefined {
  const workspace = /^@bulkhead\/(shared|terminal|agent|server|dashboard)\/(.+)$/.exec(specifier);
  if (workspace) return `${workspace[1]}/${workspace[2]}`;
  if (!specifier.startsWith(".")) return undefined;
  return relative(ROOT, join(ROOT, dirname(importer), specifier));
}
