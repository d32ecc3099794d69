/** Hosts that go on saying that they enforce what they should not. */

import type { HostState } from "@bulkhead/shared/protocol/messages.ts";
import { STALE_MILLISECONDS } from "./sync.ts";

/** By host: what it should enforce and what it says, and since when it has said just this of the same. */
interface Known {
  readonly expected: string;
  readonly digest: string | null;
  readonly since: number;
}

export class Astray {
  readonly #known = new Map<string, Known>();

  /**
   * To be asked for each report of a host. True where it has said the same wrong thing for too long, once; the time begins anew then.
   * @param expected digest of what it should enforce; undefined where nobody can say.
   */
  isLost(
    name: string,
    { digest, enforcement, kernel }: HostState,
    { expected, now }: { readonly expected: string | undefined; readonly now: number },
  ): boolean {
    const isAstray = expected !== undefined && digest !== expected;
    if (!isAstray || enforcement !== "enforcing" || kernel !== "holds") {
      this.#known.delete(name);
      return false;
    }
    const known = this.#known.get(name);
    if (known?.expected !== expected || known.digest !== digest) {
      this.#known.set(name, { expected, digest, since: now });
      return false;
    }
    if (now - known.since < STALE_MILLISECONDS) return false;
    this.#known.delete(name);
    return true;
  }
}
