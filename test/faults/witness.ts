import type { Host } from "../estate/host.ts";

/** Milliseconds for a packet that must arrive; milliseconds for one that must not. */
const PATIENCE = 5_000;
const SILENCE = 150;

/** A foreign table that counts what comes in (or goes out) after ours has judged it: what it saw, ours has let pass. */
export class Witness implements AsyncDisposable {
  readonly #host: Host;

  private constructor(host: Host) {
    this.#host = host;
  }

  /** @param match what it counts, in nft's words */
  static async at(host: Host, match: string, hook: "input" | "output" = "input"): Promise<Witness> {
    await host.run(["nft", "-f", "-"], {
      input: `table inet witness
delete table inet witness
table inet witness {
  chain c {
    type filter hook ${hook} priority filter + 50
    ${match} counter
  }
}
`,
    });
    return new Witness(host);
  }

  async count(): Promise<number> {
    const listing = await this.#host.run(["nft", "list", "table", "inet", "witness"]);
    return Number(/counter packets (\d+)/.exec(listing)?.[1] ?? 0);
  }

  /** Whether it sees that many packets. A `no` takes a moment longer than any packet here is under way. */
  async saw(packets: number, expected = false): Promise<boolean> {
    const until = performance.now() + (expected ? PATIENCE : SILENCE);
    do if ((await this.count()) >= packets) return true;
    while (performance.now() < until);
    return false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host.run(["nft", "delete", "table", "inet", "witness"]);
  }
}
