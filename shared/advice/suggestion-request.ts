/** What a suggestion for an estate is made for. */

import type { SourceFile } from "../policy/files.ts";
import type { ServerEnd } from "../rules/host-policy.ts";
import type { ResolvedPolicy } from "../rules/resolve.ts";

export interface SuggestionRequest {
  /** The active policy over the hosts of the estate; without one, `withoutPolicy` makes it. */
  readonly resolved: ResolvedPolicy;
  /** Its files; none without one. */
  readonly files: readonly SourceFile[];
  /** Where agents reach their server. */
  readonly server: readonly ServerEnd[];
  /** Only what concerns this segment, at either end. */
  readonly segment: string | undefined;
  /** Whether rules name units where one alone was seen. */
  readonly units: boolean;
  readonly progress: (judged: number) => void;
}
