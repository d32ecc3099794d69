/** How much either end of the wire takes from the other. */

export const WIRE = {
  /** Of the handshake: raised when a message changes its meaning. Both ends say which they speak, and the lower one is spoken, if both know it. */
  version: 1,
  /** A message in bytes. */
  messageBytes: 16 * 1024 * 1024,
  /** Addresses that a host may have. */
  addresses: 256,
  /** Members in one message; larger groups come in several. */
  members: 50_000,
  groups: 20_000,
  rules: 100_000,
  /** Of a batch of records. */
  records: 5_000,
  losses: 1_000,
  /** Of a trial; the least is what a host needs to reach its server. */
  leastTrialSeconds: 10,
  mostTrialSeconds: 86_400,
  /** Characters of names and words that are shown. */
  word: 1_024,
} as const;

/** Milliseconds: each end says something at least so often, and gives the other up after three times that. */
export const HEARTBEAT = 10_000;
