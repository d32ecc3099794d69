/** The programs that alerts may be given to: a file of the server's own, which nobody but its owner can write. */

import { readFileSync, statSync } from "node:fs";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { z } from "zod";

const Commands = z.strictObject({
  formatVersion: z.literal(1),
  commands: z.record(
    z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "expected a name of letters, digits, `.`, `_` and `-`"),
    z.strictObject({
      program: z.string().regex(/^\/[^\0]*$/, "expected a path that begins with /"),
      arguments: z
        .array(
          z
            .string()
            .max(4_096)
            .regex(/^[^\0]*$/),
        )
        .max(100)
        .default([]),
      timeoutSeconds: z.number().min(1).max(600).default(30),
    }),
  ),
});

export interface KnownCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly timeoutSeconds: number;
}

export type KnownCommands = ReadonlyMap<string, KnownCommand>;

/** Undefined: no file, no commands. Throws `server/commands-unusable`. */
export function readCommands(path: string | undefined): KnownCommands {
  if (path === undefined) return new Map();
  try {
    const { uid, mode } = statSync(path);
    if ((uid !== 0 && uid !== process.geteuid?.()) || (mode & 0o022) !== 0)
      throw new Error("it must be root's or the server's account's, and nobody else's to write");
    const { commands } = Commands.parse(JSON.parse(readFileSync(path, "utf8")));
    return new Map(
      Object.entries(commands).map(([name, { program, arguments: args, timeoutSeconds }]) => [
        name,
        { program, args, timeoutSeconds },
      ]),
    );
  } catch (error) {
    const words = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new BulkheadError("server/commands-unusable", `${path}: ${words}`, { cause: error });
  }
}
