/** Who tells. */
export interface Origin {
  /** The server's name, as others reach it. */
  readonly server: string;
  /** Of Bulkhead. */
  readonly version: string;
}
