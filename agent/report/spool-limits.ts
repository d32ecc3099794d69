export interface SpoolLimits {
  /** Of the file's pages that hold something. */
  readonly bytes: number;
  /** As long as records are kept. */
  readonly milliseconds: number;
  /** Records kept in memory while the disk takes none. */
  readonly held: number;
}

const DAY = 24 * 3600 * 1000;

export const DEFAULT_LIMITS: SpoolLimits = { bytes: 256 * 1024 * 1024, milliseconds: 30 * DAY, held: 20_000 };
