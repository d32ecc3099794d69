import type { CatalogueEntry } from "./error.ts";

export const kernelErrors = {
} as const satisfies Record<string, CatalogueEntry>;
