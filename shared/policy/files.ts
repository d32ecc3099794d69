/** Finds and reads the files of a policy. */

import type { PolicyErrorCode } from "../errors/policy.ts";
import { formatCount, LIMITS } from "./limits.ts";
import type { Problem } from "./problem.ts";
import { decodeText } from "./text/decode.ts";
import { Problems } from "./text/problems.ts";

export interface SourceFile {
  /** As places name it: as the user named the file, or relative to the folder that the user named. */
  readonly name: string;
  readonly text: string;
  /** Where the file is, for those who open it. */
  readonly path?: string;
}

/** The part of `node:fs/promises` that reading needs; callers pass that module itself. */
export interface PolicyFileSystem {
  stat(path: string): Promise<FileStatus>;
  realpath(path: string): Promise<string>;
  readdir(path: string): Promise<string[]>;
  open(path: string, flags: "r"): Promise<OpenFile>;
}

interface FileStatus {
  readonly size: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

interface OpenFile {
  read(buffer: Uint8Array, offset: number, length: number, position: null): Promise<{ bytesRead: number }>;
  close(): Promise<void>;
}

const POLICY_FILE = /\.(?:ya?ml|json)$/i;

/**
 * Reads every PATH, a file of any name or a folder with its `*.yaml`, `*.yml` and `*.json` files in any depth. What begins with a dot in a
 * folder is left out. Files come sorted by name and each once, whichever way it was reached. With one folder names are relative to it; with
 * several PATHs they begin with the PATH, so that they differ.
 */
export async function readPolicyFiles(
  fs: PolicyFileSystem,
  paths: readonly string[],
): Promise<{ readonly files: SourceFile[]; readonly problems: Problem[] }> {
  const walk = new Walk(fs);
  for (const path of paths) await walk.enter(path, { prefixed: paths.length > 1 });
  return { files: walk.files.toSorted(byName), problems: walk.problems.sorted() };
}

function byName(a: SourceFile, b: SourceFile): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** A file or folder on the way: where it is, what it is called, and the folders that it lies in. */
interface Visited {
  readonly path: string;
  readonly name: string;
  readonly within: readonly string[];
}

class Walk {
  readonly files: SourceFile[] = [];
  readonly problems = new Problems();
  readonly #fs: PolicyFileSystem;
  /** Real paths of files and folders that were read. */
  readonly #seen = new Set<string>();
  /** One byte more than a file may have: a file can grow, and some (in /proc) do not say how large they are. */
  readonly #buffer = new Uint8Array(LIMITS.fileBytes + 1);
  #found = 0;
  #bytes = 0;
  #entries = 0;
  #stopped = false;

  constructor(fs: PolicyFileSystem) {
    this.#fs = fs;
  }

  /** Begins at a path that the user named. */
  async enter(path: string, { prefixed }: { prefixed: boolean }): Promise<void> {
    const named: Visited = { path, name: path, within: [] };
    const status = await this.#try(named, () => this.#fs.stat(path));
    if (status === undefined) return;
    if (!status.isDirectory()) return this.#readFile(named, status);
    const before = this.#found;
    const base = path.replace(/(?<=.)\/+$/, "");
    const name = prefixed ? `${base.replace(/^\.\/+(?=.)/, "")}/` : "";
    await this.#readFolder({ path: base, name, within: [] });
    if (this.#found === before && !this.problems.hasErrors)
      this.#report(
        named,
        "policy/no-files",
        "the folder holds no policy file, expected *.yaml, *.yml or *.json in it",
      );
  }

  /** The folder's `name` is empty or ends with a slash. */
  async #readFolder(folder: Visited): Promise<void> {
    const real = await this.#try(folder, () => this.#fs.realpath(folder.path));
    if (real === undefined) return;
    // A link to `..` or `/` is a circle too, if a wide one.
    const inside = real.endsWith("/") ? real : `${real}/`;
    if (folder.within.some((outer) => `${outer}/`.startsWith(inside)))
      return this.#report(
        folder,
        "policy/symlink-loop",
        "a symbolic link leads back to a folder that it lies in",
      );
    if (this.#seen.has(real)) {
      this.#found++;
      return;
    }
    this.#seen.add(real);
    if (folder.within.length > LIMITS.folderDepth)
      return this.#stop(folder, `folders lie more than ${LIMITS.folderDepth} deep inside one another here`);
    const entries = (await this.#try(folder, () => this.#fs.readdir(folder.path))) ?? [];
    this.#entries += entries.length;
    if (this.#entries > LIMITS.folderEntries)
      return this.#stop(
        folder,
        `the folders have more than ${formatCount(LIMITS.folderEntries)} entries, which is the most that are looked at`,
      );
    for (const entry of entries.toSorted()) {
      if (entry.startsWith(".") || this.#stopped) continue;
      const path = folder.path.endsWith("/") ? `${folder.path}${entry}` : `${folder.path}/${entry}`;
      await this.#readEntry({ path, name: `${folder.name}${entry}`, within: [...folder.within, real] });
    }
  }

  async #readEntry(entry: Visited): Promise<void> {
    const isPolicy = POLICY_FILE.test(entry.name);
    // What is no policy file by its name may be a folder; if it cannot be looked at, it is of no interest.
    const status = isPolicy
      ? await this.#try(entry, () => this.#fs.stat(entry.path))
      : await this.#fs.stat(entry.path).catch(() => undefined);
    if (status?.isDirectory()) await this.#readFolder({ ...entry, name: `${entry.name}/` });
    else if (status !== undefined && isPolicy) await this.#readFile(entry, status);
  }

  async #readFile(file: Visited, status: FileStatus): Promise<void> {
    this.#found++;
    if (!status.isFile())
      return this.#report(
        file,
        "policy/not-a-file",
        "this is neither a file nor a folder, expected one of them",
      );
    const real = await this.#try(file, () => this.#fs.realpath(file.path));
    if (real === undefined || this.#seen.has(real)) return;
    this.#seen.add(real);
    const bytes = await this.#try(file, () => this.#readBytes(file));
    if (bytes === undefined || !this.#isWithinLimits(file, { bytes, size: status.size })) return;
    const text = decodeText(bytes, { file: file.name, problems: this.problems });
    if (text !== undefined) this.files.push({ name: file.name, text, path: file.path });
  }

  async #readBytes({ path }: Visited): Promise<Uint8Array> {
    const file = await this.#fs.open(path, "r");
    try {
      for (let length = 0; ; ) {
        const { bytesRead } = await file.read(this.#buffer, length, this.#buffer.length - length, null);
        length += bytesRead;
        if (bytesRead === 0 || length === this.#buffer.length) return this.#buffer.subarray(0, length);
      }
    } finally {
      await file.close();
    }
  }

  #isWithinLimits(file: Visited, { bytes, size }: { bytes: Uint8Array; size: number }): boolean {
    this.#bytes += bytes.length;
    if (bytes.length > LIMITS.fileBytes) {
      const message = `the file has ${formatCount(Math.max(size, bytes.length))} bytes, and ${formatCount(LIMITS.fileBytes)} are the most that a file may have`;
      this.#report(file, "policy/limit-exceeded", message);
      return false;
    }
    if (this.#bytes > LIMITS.totalBytes)
      this.#stop(
        file,
        `the files have more than ${formatCount(LIMITS.totalBytes)} bytes together, which is the most that a policy may have`,
      );
    else if (this.files.length === LIMITS.files)
      this.#stop(
        file,
        `there are more than ${formatCount(LIMITS.files)} files, which is the most that a policy may have`,
      );
    return !this.#stopped;
  }

  /** What the file system refuses becomes a problem. */
  async #try<Result>(visited: Visited, act: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await act();
    } catch (error) {
      const { code, message } = refusal(error, { named: visited.within.length === 0 });
      this.#report(visited, code, message);
      return undefined;
    }
  }

  /** Reports what goes beyond a limit, and reads no more. */
  #stop(visited: Visited, message: string): void {
    this.#stopped = true;
    this.#report(visited, "policy/limit-exceeded", message);
  }

  #report({ name, path }: Visited, code: PolicyErrorCode, message: string): void {
    this.problems.add(code, { file: name.replace(/(?<=.)\/$/, "") || path, line: 1, column: 1 }, message);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EIO: "the disk has an error",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
};

/** What an error of the file system means; `named` if the user named the path. */
function refusal(error: unknown, { named }: { named: boolean }): { code: PolicyErrorCode; message: string } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ELOOP")
    return {
      code: "policy/symlink-loop",
      message: "a symbolic link leads round in a circle, expected a file",
    };
  if (code === "ENOENT" || code === "ENOTDIR")
    return named
      ? { code: "policy/path-not-found", message: "there is no such file or folder" }
      : { code: "policy/unreadable", message: "a symbolic link leads to nothing, expected a file" };
  const reason = REASONS[code] ?? (code || String(error));
  return { code: "policy/unreadable", message: `this could not be read: ${reason}` };
}
