/** The door by which another terminal asks the shop to break something: a socket in its private folder (0700). One line in, JSON lines out. */

import { chmod } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Floor } from "../tour/floor.ts";
import { FAULTS } from "./faults.ts";
import { Scene } from "./scene.ts";

export const SOCKET = "lab.sock";

/** What is answered: lines to be shown, then how it ended. */
export type ControlAnswer =
  | { readonly line: string }
  | { readonly code: 0 | 1 }
  | { readonly problem: string };

const MOST_QUESTION = 200;

export class Control implements AsyncDisposable {
  readonly #floor: Floor;
  readonly #server: Server;
  readonly #askers = new Set<Socket>();
  #underway: string | undefined;

  private constructor(floor: Floor) {
    this.#floor = floor;
    this.#server = createServer((asker) => this.#serve(asker));
  }

  static async open(floor: Floor, folder: string): Promise<Control> {
    const control = new Control(floor);
    const path = join(folder, SOCKET);
    await new Promise<void>((resolve, reject) => {
      control.#server.once("error", reject);
      control.#server.listen(path, resolve);
    });
    await chmod(path, 0o600);
    return control;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const asker of this.#askers) asker.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(asker: Socket): void {
    this.#askers.add(asker);
    asker.on("close", () => this.#askers.delete(asker)).on("error", () => {});
    const tell = (answer: ControlAnswer) =>
      void (asker.writable && asker.write(`${JSON.stringify(answer)}\n`));
    createInterface({ input: asker }).once("line", (line) => {
      void this.#answer(line.slice(0, MOST_QUESTION), tell).finally(() => asker.end());
    });
  }

  async #answer(name: string, tell: (answer: ControlAnswer) => void): Promise<void> {
    const fault = FAULTS.find((one) => one.name === name);
    if (fault === undefined) return tell({ problem: `there is no fault '${name}'` });
    if (this.#underway !== undefined)
      return tell({ problem: `'${this.#underway}' is under way: one thing is broken at a time` });
    this.#underway = name;
    let failed = false;
    const say = (line: string) => {
      failed ||= line.startsWith("✗");
      tell({ line });
    };
    try {
      await using scene = await Scene.open(this.#floor, say);
      await scene.healthy();
      await fault.run(scene);
      tell({ code: failed ? 1 : 0 });
    } catch (error) {
      tell({ problem: wordsOf(error) });
    } finally {
      this.#underway = undefined;
    }
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof BulkheadError) return `${error.message} [${error.code}]`;
  return error instanceof Error ? error.message : String(error);
}
