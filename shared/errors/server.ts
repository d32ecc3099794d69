import type { CatalogueEntry } from "./error.ts";

/** What the server reports, and those who speak with it. */
export const serverErrors = {
  "server/store-unusable": {
    title: "the server's store cannot be used",
    severity: "fatal",
    remedy:
      "See that the data directory belongs to the server's account and is writable, or restore a backup.",
  },
  "server/store-newer": {
    title: "the store was written by a newer version",
    severity: "fatal",
    remedy: "Start the newer server, or restore a backup that this version made.",
  },
} as const satisfies Record<string, CatalogueEntry>;
