import type { Scene } from "./scene.ts";

/** Something that can be broken while one looks on. It says what it does and measures, and leaves everything as it was. */
export interface Fault {
  readonly name: string;
  /** One line, for the list. */
  readonly summary: string;
  run(scene: Scene): Promise<void>;
}
