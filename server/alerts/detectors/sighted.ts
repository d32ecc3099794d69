/** A report of a host, as detectors look at it. */

import type { ReportedRecord } from "../../store/flows/identities.ts";
import type { NewLoss } from "../../store/flows/loss-table.ts";

/** What was taken of it. */
export interface Sighted {
  /** The host by its certificate, and the segment that it is shown in. */
  readonly host: string;
  readonly segment: string | undefined;
  /** The other ends named as the centre knows them. */
  readonly records: readonly ReportedRecord[];
  readonly losses: readonly NewLoss[];
  /** Records that were left out: of what no host may report, and beyond its quota. */
  readonly refused: number;
  readonly overQuota: number;
}

/** Both ends of a record, whichever of them reported. */
export interface Ends {
  readonly source: string;
  readonly sourceHost: string | undefined;
  readonly sourceSegment: string | undefined;
  readonly destination: string;
  readonly destinationHost: string | undefined;
  readonly destinationSegment: string | undefined;
}

export function endsOf(
  { direction, local, remote }: ReportedRecord,
  { host, segment }: Pick<Sighted, "host" | "segment">,
): Ends {
  return direction === "egress"
    ? {
        ...{ source: local.address, sourceHost: host, sourceSegment: segment },
        ...{
          destination: remote.address,
          destinationHost: remote.host,
          destinationSegment: remote.segment,
        },
      }
    : {
        ...{ source: remote.address, sourceHost: remote.host, sourceSegment: remote.segment },
        ...{ destination: local.address, destinationHost: host, destinationSegment: segment },
      };
}
