/** What `systemctl status` says of the agent, in one line. */

import type { Keeper } from "./keeper.ts";

export function statusWords({ enforcement, generation, source }: Keeper): string {
  const policy = generation === undefined ? "no policy" : `policy ${generation.digest.slice(0, 12)}`;
  const why = enforcement.why === undefined ? "" : `: ${enforcement.why}`;
  const trouble =
    source === undefined || source.state === "current" ? "" : `; the policy's files: ${source.state}`;
  return `${enforcement.state}, ${policy}${why}${trouble}`;
}
