import type { CatalogueEntry } from "./error.ts";

export const policyErrors = {
} as const satisfies Record<string, CatalogueEntry>;
