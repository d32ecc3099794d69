/** What was denied in each minute of the last hour: a picture, and in words when it was most. */

import type { SummaryView } from "@bulkhead/server/api/flow-shapes.ts";
import { moment } from "../parts/words.ts";

const MINUTE = 60_000;
const MINUTES = 60;

export function DeniedPerMinute({ perMinute }: { readonly perMinute: SummaryView["deniedPerMinute"] }) {
  const worst = perMinute.reduce((worst, one) => (one.connections > worst.connections ? one : worst), {
    minute: 0,
    connections: 0,
  });
  if (worst.connections === 0) return null;
  const first = Math.floor(Date.now() / MINUTE) - MINUTES + 1;
  return (
    <figure className="per-minute">
      <svg viewBox={`0 0 ${MINUTES} 1`} preserveAspectRatio="none" aria-hidden="true">
        {perMinute.map(({ minute, connections }) => {
          const height = connections / worst.connections;
          const x = Math.floor(minute / MINUTE) - first;
          return <rect key={minute} x={x} y={1 - height} width={0.8} height={height} />;
        })}
      </svg>
      <figcaption className="dim">
        Per minute; most at {moment(worst.minute)}: {worst.connections}
      </figcaption>
    </figure>
  );
}
