/** What the kernels of a segment's hosts were last read back as, in one line. */

import type { Modes } from "@bulkhead/shared/policy/policy.ts";
import { ModeMark, modeWords } from "../parts/mode.tsx";
import { count, counted } from "../parts/words.ts";
import { isElsewhere, kernelModes, type Member } from "./standings.ts";

export function KernelModes({
  members,
  says,
}: {
  readonly members: readonly Member[];
  readonly says: Modes;
}) {
  if (members.length === 0) return <span className="dim">no host is in it</span>;
  const stricter = members.filter(({ modes }) => modeWords(modes) !== modeWords(says)).length;
  const elsewhere = members.filter(isElsewhere).length;
  const outOfSync = members.filter(({ host }) => host !== undefined && host.sync.state !== "in-sync").length;
  return (
    <>
      <ul className="kernel-modes">
        {kernelModes(members).map(([modes, hosts]) => (
          <li key={JSON.stringify(modes)}>
            {count(hosts)}{" "}
            {modes === null ? <span className="dim">not known</span> : <ModeMark modes={modes} />}
          </li>
        ))}
      </ul>
      {stricter > 0 && (
        <small className="why">{counted(stricter, "host")} by another segment, which is stricter</small>
      )}
      {elsewhere > 0 && <small className="why">{counted(elsewhere, "host")} not as the version says</small>}
      {outOfSync > 0 && <small className="why">{counted(outOfSync, "host")} not in sync</small>}
    </>
  );
}
