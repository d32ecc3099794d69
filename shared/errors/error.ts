/** How bad it is: `fatal` could not run (exit 3), `error` was refused (exit 2), `warning` went on. */
export type Severity = "fatal" | "error" | "warning";

/** One entry of the catalogue: what an operator reads. */
export interface CatalogueEntry {
  /** What happened, in a few words, without a full stop. */
  readonly title: string;
  readonly severity: Severity;
  /** What to do about it, in a sentence. */
  readonly remedy: string;
}
