/** Reports of hosts into the store of flows. */
export class Flows implements Disposable {
  readonly store = undefined as never;
  constructor(_parts: object) {}
  take(): { kind: "later"; seconds: number; why: string } {
    return { kind: "later", seconds: 60, why: "no store yet" };
  }
  [Symbol.dispose](): void {}
}
