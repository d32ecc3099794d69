/** Which packets are traced. */

import type { Direction } from "@bulkhead/shared/policy/policy.ts";

export interface TraceQuestion {
  /** `egress`: what this host begins towards the peer; `ingress`: what the peer begins. Packets of both ways are traced. */
  readonly direction: Direction;
  /** Canonical address. */
  readonly peer: string;
  /** IANA protocol number with the service's number; undefined for everything. */
  readonly service: TracedService | undefined;
  readonly seconds: number;
}

export interface TracedService {
  readonly protocol: number;
  readonly number: number;
  /** `tcp/443` */
  readonly text: string;
}
