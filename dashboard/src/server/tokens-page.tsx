/** Tokens: those by which hosts join, and those by which programs ask the API. */

import type { JoinTokenView } from "@bulkhead/server/api/shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "../api/client.ts";
import { useApiTokens, useJoinTokens } from "../api/queries.ts";
import { Asked } from "../parts/asked.tsx";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Ago } from "../parts/time.tsx";
import { NewApiToken, NewJoinToken } from "./new-token.tsx";

export default function TokensPage() {
  const may = useMay("administrator");
  const [making, setMaking] = useState<"join" | "api" | undefined>();
  return (
    <Page title="Tokens">
      <section className="section">
        <header className="section-head">
          <h2>For hosts that join</h2>
          {may && (
            <button type="button" className="button main" onClick={() => setMaking("join")}>
              New join token
            </button>
          )}
        </header>
        <JoinTokens may={may} />
      </section>
      {may && (
        <section className="section">
          <header className="section-head">
            <h2>For programs that ask the API</h2>
            <button type="button" className="button" onClick={() => setMaking("api")}>
              New API token
            </button>
          </header>
          <ApiTokens />
        </section>
      )}
      {making === "join" && <NewJoinToken onClose={() => setMaking(undefined)} />}
      {making === "api" && <NewApiToken onClose={() => setMaking(undefined)} />}
    </Page>
  );
}

function JoinTokens({ may }: { readonly may: boolean }) {
  const client = useQueryClient();
  return (
    <Loaded query={useJoinTokens()} what="join tokens">
      {(tokens) =>
        tokens.length === 0 ? (
          <Empty title="There is no token.">
            <p>A token says which labels and addresses a host may have. It is shown once, when it is made.</p>
          </Empty>
        ) : (
          <TableFrame label="Tokens">
            <TableHead names={["Token", "Labels", "Addresses", "Used", "Made", "Ends", ""]} />
            <tbody>
              {tokens.map((token) => (
                <tr key={token.id}>
                  <td className="mono">{token.id}</td>
                  <td>
                    {Object.entries(token.labels).map(([label, value]) => (
                      <span className="tag" key={label}>
                        {label}={value}
                      </span>
                    ))}
                  </td>
                  <td className="mono addresses">{token.addresses.join(" ")}</td>
                  <td>
                    {token.used} of {token.uses}
                    {token.refused > 0 && `, ${token.refused} refused`}
                  </td>
                  <td className="dim">
                    <Ago at={token.createdAt} /> by {token.createdBy}
                  </td>
                  <td className="dim">
                    <JoinTokenEnd token={token} />
                  </td>
                  <td>
                    {may && isOpen(token) && (
                      <Asked
                        label="Revoke"
                        title="Revoke this token"
                        confirm="Revoke it"
                        isDangerous
                        act={async () => {
                          await send("DELETE", `join-tokens/${token.id}`);
                          await client.invalidateQueries({ queryKey: ["tokens"] });
                        }}
                      >
                        <p>
                          Nobody joins by it any more. The hosts that did ({token.used}) stay. It cannot be
                          undone; a new token can be made.
                        </p>
                      </Asked>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        )
      }
    </Loaded>
  );
}

function JoinTokenEnd({ token }: { readonly token: JoinTokenView }) {
  if (token.revokedAt !== null) return "revoked";
  return token.used >= token.uses ? "used up" : <Ago at={token.expiresAt} />;
}

/** Whether anybody can still join by it. */
function isOpen({ revokedAt, used, uses, expiresAt }: JoinTokenView): boolean {
  return revokedAt === null && used < uses && expiresAt > Date.now();
}

function ApiTokens() {
  const client = useQueryClient();
  return (
    <Loaded query={useApiTokens()} what="API tokens">
      {(tokens) =>
        tokens.length === 0 ? (
          <Empty title="There is no token.">
            <p>
              A pipeline needs one to push drafts: role editor, and <code>bulkhead push</code> with it.
            </p>
          </Empty>
        ) : (
          <TableFrame label="Tokens">
            <TableHead names={["Name", "Role", "Made", "Last used", "Expires", ""]} />
            <tbody>
              {tokens.map((token) => (
                <tr key={token.id}>
                  <td>{token.name}</td>
                  <td>{token.role}</td>
                  <td className="dim">
                    <Ago at={token.createdAt} /> by {token.createdBy}
                  </td>
                  <td className="dim">
                    {token.lastUsedAt === null ? "never" : <Ago at={token.lastUsedAt} />}
                  </td>
                  <td className="dim">
                    {token.revokedAt === null ? <Ago at={token.expiresAt} /> : "revoked"}
                  </td>
                  <td>
                    {token.revokedAt === null && (
                      <Asked
                        label="Revoke"
                        title={`Revoke ${token.name}`}
                        confirm="Revoke it"
                        isDangerous
                        act={async () => {
                          await send("DELETE", `api-tokens/${token.id}`);
                          await client.invalidateQueries({ queryKey: ["tokens"] });
                        }}
                      >
                        <p>Programs that show it are refused from now on. It cannot be undone.</p>
                      </Asked>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        )
      }
    </Loaded>
  );
}
