import type { CatalogueEntry } from "./error.ts";

export const commandErrors = {
} as const satisfies Record<string, CatalogueEntry>;
