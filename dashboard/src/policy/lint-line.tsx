/** How much is doubtful in the version that is in force, with the way there. */

import { Link } from "wouter";
import { count } from "../parts/words.ts";
import { useDoubts } from "./use-lint.ts";

export default function LintLine({ active }: { readonly active: number }) {
  const doubts = useDoubts(active);
  if (doubts === undefined) return null;
  const href = `/policy/${active}?show=lint`;
  return (
    <p className="spaced" role="status">
      {doubts.length === 0 ? (
        <>
          <span className="sync good">✓ nothing doubtful</span> in version {active}, which is in force, on the
          hosts that there are. <Link href={href}>Against what was recorded</Link>
        </>
      ) : (
        <>
          <span className="sync doubt">
            △ {count(doubts.length)} doubtful {doubts.length === 1 ? "thing" : "things"}
          </span>{" "}
          in version {active}, which is in force. <Link href={href}>What they are</Link>
        </>
      )}
    </p>
  );
}
