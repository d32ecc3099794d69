import type { CatalogueEntry } from "./error.ts";

export const applyErrors = {
} as const satisfies Record<string, CatalogueEntry>;
