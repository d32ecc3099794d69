/** What the main loop and the thread that watches say to each other. */

import type { FlowRecord, Loss } from "@bulkhead/shared/flow/record.ts";
import type { RulesetEvent } from "../kernel/events.ts";
import type { ObserverHealth, PolicyView } from "./observer.ts";

/** What the thread is started with. */
export interface WatchSettings {
  /** Of the log statements. */
  readonly group: number;
  /** By what flows are judged from the first moment on. */
  readonly view: PolicyView | undefined;
  /** The descriptor by which it is woken when there is something to receive. */
  readonly wake: number;
}

export type ToThread =
  | { readonly kind: "follow"; readonly view: PolicyView | undefined }
  | { readonly kind: "stop" };

export type FromThread =
  /** The sources are open: from now on nothing goes by unseen. */
  | { readonly kind: "started" }
  | {
      readonly kind: "seen";
      readonly records: readonly FlowRecord[];
      readonly losses: readonly Loss[];
      readonly health: ObserverHealth;
    }
  | { readonly kind: "ruleset"; readonly event: RulesetEvent }
  | { readonly kind: "addresses" };
