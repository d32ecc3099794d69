/** How much of the server anybody may hold. */

export interface Bounds {
  /** Connections at the same time, altogether and from one address. More are closed as they come. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** From the connection's beginning, or the end of the request before it, to the end of a request's headers; so long may TLS take as well. */
  readonly headerMilliseconds: number;
  /** To the end of a request's body. */
  readonly requestMilliseconds: number;
  /** Between two requests on one connection. */
  readonly idleMilliseconds: number;
  /** Without a byte in either direction; longer than the heartbeat of events. */
  readonly stallMilliseconds: number;
}

export const DEFAULT_BOUNDS: Bounds = {
  connections: 1_024,
  connectionsPerAddress: 128,
  headerMilliseconds: 10_000,
  requestMilliseconds: 60_000,
  idleMilliseconds: 10_000,
  stallMilliseconds: 120_000,
};

export const HEADER_BYTES = 16_384;
export const BODY_BYTES = 8 * 1024 * 1024;
/** Of one that was refused: so much is read all the same, of those who are known. */
export const WASTED_BODY_BYTES = 64 * 1024 * 1024;
/** Of those whom nobody knows. */
export const STRANGERS_BODY_BYTES = 64 * 1024;
export const REQUESTS_PER_CONNECTION = 1_000;
