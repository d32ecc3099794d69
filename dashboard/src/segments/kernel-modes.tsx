/** What the kernels of a segment's hosts were last read back as, in one line. */

import { ModeMark } from "../parts/mode.tsx";
import { count, counted } from "../parts/words.ts";
import { isElsewhere, kernelModes, type Member } from "./standings.ts";

export function KernelModes({ members }: { readonly members: readonly Member[] }) {
  if (members.length === 0) return <span className="dim">no host is in it</span>;
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
      {elsewhere > 0 && <small className="why">{counted(elsewhere, "host")} not as the version says</small>}
      {outOfSync > 0 && <small className="why">{counted(outOfSync, "host")} not in sync</small>}
    </>
  );
}
