/**
 * Runs `bulkhead-agent`'s commands one after another in one process, because a test that changes a policy a hundred times under a flood cannot wait for
 * a hundred starts of Node. One line in (the words of a command, JSON), one line out (exit code and outputs, JSON).
 */

import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { PROGRAM } from "@bulkhead/agent/cli/program.ts";
import { failed } from "@bulkhead/terminal/failure.ts";
import { Output } from "@bulkhead/terminal/output.ts";
import { run } from "@bulkhead/terminal/program.ts";

class Memory extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

const lines = createInterface({ input: process.stdin });
process.stdout.write("ready\n");
for await (const line of lines) {
  const [out, err] = [new Memory(), new Memory()];
  const terminal = { program: PROGRAM.name, out: new Output(out), err: new Output(err) };
  const code = await run(PROGRAM, JSON.parse(line), terminal).catch((error: unknown) =>
    failed(error, terminal),
  );
  process.stdout.write(`${JSON.stringify({ code, out: out.text, err: err.text })}\n`);
}
process.exit(0);
