import type { CatalogueEntry } from "./error.ts";

/** What the daemon and those who speak with it report. */
export const daemonErrors = {} as const satisfies Record<string, CatalogueEntry>;
