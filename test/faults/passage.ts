import type { Host } from "../estate/host.ts";

/** Packets on either side of our table. */
export interface Sides {
  readonly before: number;
  readonly behind: number;
}

/** A foreign table that counts the same packets before ours judges them and after: the difference is what ours has stopped, whatever the machine loses elsewhere. */
export class Passage implements AsyncDisposable {
  readonly #host: Host;

  private constructor(host: Host) {
    this.#host = host;
  }

  /** @param match what it counts of what comes in, and of what goes out, in nft's words */
  static async at(host: Host, match: { readonly in: string; readonly out: string }): Promise<Passage> {
    const chain = (name: string, hook: string, place: string, what: string) =>
      `chain ${name} { type filter hook ${hook} priority filter ${place}; ${what} counter; }`;
    await host.run(["nft", "-f", "-"], {
      input: `table inet passage {
  ${chain("in_before", "input", "- 50", match.in)}
  ${chain("in_behind", "input", "+ 50", match.in)}
  ${chain("out_before", "output", "- 50", match.out)}
  ${chain("out_behind", "output", "+ 50", match.out)}
}
`,
    });
    return new Passage(host);
  }

  /** To be asked for when nothing is under way any more. */
  async counts(): Promise<{ readonly in: Sides; readonly out: Sides }> {
    const listing = await this.#host.run(["nft", "list", "table", "inet", "passage"]);
    const [inBefore = 0, inBehind = 0, outBefore = 0, outBehind = 0] = [
      ...listing.matchAll(/counter packets (\d+)/g),
    ].map(([, packets]) => Number(packets));
    return {
      in: { before: inBefore, behind: inBehind },
      out: { before: outBefore, behind: outBehind },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host.run(["nft", "delete", "table", "inet", "passage"]);
  }
}
