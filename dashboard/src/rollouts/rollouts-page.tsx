/** Versions that came, or come, to the hosts in waves. */

import { Link } from "wouter";
import { useRollouts } from "../api/queries.ts";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Moment } from "../parts/time.tsx";
import { RolloutState } from "./rollout-state.tsx";
import "./rollouts.css";

export default function RolloutsPage() {
  return (
    <Page title="Rollouts">
      <Loaded query={useRollouts()} what="rollouts">
        {(all) =>
          all.length === 0 ? (
            <Empty title="No version has come in waves yet.">
              <p>
                <Link href="/policy">A version</Link> can come to one host first, then to some, then to all,
                and goes back by itself where it breaks something:{" "}
                <code>bulkhead provision 12 --waves 1,10%,100%</code>.
              </p>
            </Empty>
          ) : (
            <TableFrame label="Rollouts">
              <TableHead names={["Rollout", "State", "Version", "Wave", "Since", "By", "Why"]} />
              <tbody>
                {all.map(({ number, state, version, base, wave, waves, startedAt, by, why }) => (
                  <tr key={number}>
                    <td>
                      <Link href={`/rollouts/${number}`}>
                        <strong>Rollout {number}</strong>
                      </Link>
                    </td>
                    <td className="nowrap">
                      <RolloutState state={state} />
                    </td>
                    <td>
                      <Link href={`/policy/${version}`}>version {version}</Link>{" "}
                      <span className="dim">after {base}</span>
                    </td>
                    <td>
                      {wave + 1} of {waves.length}
                    </td>
                    <td className="dim nowrap">
                      <Moment at={startedAt} />
                    </td>
                    <td>{by}</td>
                    <td>{why ?? ""}</td>
                  </tr>
                ))}
              </tbody>
            </TableFrame>
          )
        }
      </Loaded>
    </Page>
  );
}
