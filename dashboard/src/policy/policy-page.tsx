/** The policy's versions: which one is in force, drafts, and the way back. */

import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link } from "wouter";
import { send } from "../api/client.ts";
import { useActivations, useStatus, useVersions } from "../api/queries.ts";
import { Asked } from "../parts/asked.tsx";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Moment } from "../parts/time.tsx";
import { counted } from "../parts/words.ts";

const LintLine = lazy(() => import("./lint-line.tsx"));

export default function PolicyPage() {
  const active = useStatus().data?.policy;
  const versions = useVersions();
  const mayEdit = useMay("editor");
  return (
    <Page
      title="Versions"
      aside={
        <>
          <RollBack />
          {mayEdit && (
            <Link className="button main" href="/policy/edit">
              Edit
            </Link>
          )}
        </>
      }
    >
      <Suspense fallback={<p className="spaced">&nbsp;</p>}>
        {active != null && <LintLine active={active} />}
      </Suspense>
      <Loaded query={versions} what="versions">
        {(all) =>
          all.length === 0 ? (
            <Empty title="There is no version yet.">
              <p>
                <Link href="/policy/edit">Write the first draft here</Link>, or keep the policy in a
                repository and <code>bulkhead push policy/</code>.
              </p>
            </Empty>
          ) : (
            <TableFrame label="Versions">
              <TableHead names={["Version", "State", "What", "Author", "When", "Against the active one"]} />
              <tbody>
                {all.map(({ number, active, message, author, at }) => (
                  <tr key={number}>
                    <td>
                      <Link href={`/policy/${number}`}>
                        <strong>Version {number}</strong>
                      </Link>
                    </td>
                    <td>
                      {active ? (
                        <span className="sync good">● in force</span>
                      ) : (
                        <span className="dim">–</span>
                      )}
                    </td>
                    <td>{message === "" ? <span className="dim">no words</span> : message}</td>
                    <td>{author}</td>
                    <td className="dim nowrap">
                      <Moment at={at} />
                    </td>
                    <td>
                      {!active && (
                        <>
                          <Link href={`/policy/${number}?show=changes`}>as text</Link>,{" "}
                          <Link href={`/policy/${number}?show=impact`}>impact</Link>
                        </>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </TableFrame>
          )
        }
      </Loaded>
      <Activations />
    </Page>
  );
}

/** Back to the version that was active before. */
function RollBack() {
  const activations = useActivations().data ?? [];
  const hosts = useStatus().data?.hosts;
  const may = useMay("approver");
  const client = useQueryClient();
  const [now] = activations;
  const before = activations.find(({ policy }) => policy !== now?.policy);
  if (!may || now === undefined || before === undefined || hosts === undefined) return null;
  return (
    <Asked
      label="Roll back"
      title={`Roll back to version ${before.policy}`}
      confirm={`Make version ${before.policy} active`}
      isDangerous
      act={async () => {
        await send("POST", "rollback");
        await client.invalidateQueries();
      }}
    >
      <p>
        {counted(hosts.connected, "connected host")} go from version {now.policy} back to version{" "}
        {before.policy} at once, each on probation of its own; {hosts.joined - hosts.connected} that are away
        follow when they come back. Connections that version {before.policy} does not allow are cut.
        Provisioning version {now.policy} again undoes it.
      </p>
      <p>
        <Link href={`/policy/${before.policy}?show=impact`}>
          What that would change, and what would break
        </Link>
      </p>
    </Asked>
  );
}

function Activations() {
  const activations = useActivations();
  const all = activations.data ?? [];
  if (all.length === 0) return null;
  return (
    <section className="section">
      <h2>What was in force when</h2>
      <TableFrame label="What was in force when">
        <TableHead names={["Since", "Version", "How", "By"]} />
        <tbody>
          {all.slice(0, 20).map(({ policy, at, by, kind }) => (
            <tr key={at}>
              <td className="dim nowrap">
                <Moment at={at} />
              </td>
              <td>
                <Link href={`/policy/${policy}`}>version {policy}</Link>
              </td>
              <td>{kind === "rollback" ? "rolled back" : "provisioned"}</td>
              <td>{by}</td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </section>
  );
}
