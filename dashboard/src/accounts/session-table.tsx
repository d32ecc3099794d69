/** An account's open sessions, each with a way to end it. */

import type { SessionView } from "@bulkhead/server/api/account-shapes.ts";
import { Asked } from "../parts/asked.tsx";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Ago, Moment } from "../parts/time.tsx";

const METHODS: Readonly<Record<SessionView["method"], string>> = {
  link: "by a link",
  password: "by password",
  oidc: "by the provider",
};

export function SessionTable({
  sessions,
  end,
}: {
  readonly sessions: readonly SessionView[];
  readonly end: (id: string) => Promise<unknown>;
}) {
  if (sessions.length === 0) return <p className="dim">Nobody is signed in to it.</p>;
  return (
    <TableFrame label="Sessions">
      <TableHead names={["Signed in", "How", "From", "Last used", "Ends", ""]} />
      <tbody>
        {sessions.map((session) => (
          <tr key={session.id}>
            <td className="nowrap">
              <Moment at={session.createdAt} />
            </td>
            <td>
              {METHODS[session.method]}
              {session.isThis && <b> · this one</b>}
            </td>
            <td className="mono">{session.address ?? "this machine"}</td>
            <td className="dim">{session.lastUsedAt === null ? "–" : <Ago at={session.lastUsedAt} />}</td>
            <td className="dim">
              <Ago at={session.expiresAt} />
            </td>
            <td className="actions">
              <Asked
                label="End"
                title={session.isThis ? "End this very session" : "End this session"}
                confirm="End it"
                isDangerous
                act={() => end(session.id)}
              >
                <p>
                  {session.isThis
                    ? "You are signed out here."
                    : "Whoever uses it is signed out at once, and can sign in again."}
                </p>
              </Asked>
            </td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
