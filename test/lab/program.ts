/** Another program's words. */

import { execFile } from "node:child_process";

/** What a program prints, on both of its outputs, whatever its exit code. */
export function answerOf([command = "", ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { encoding: "utf8", maxBuffer: 1 << 24 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
