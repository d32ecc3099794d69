/** One's own account: password, second factor, where one is signed in. */

import type { AccountView } from "@bulkhead/server/api/account-shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { send } from "../api/client.ts";
import { useMe, useOwnAccount, useOwnSessions } from "../api/queries.ts";
import { Fact } from "../parts/fact.tsx";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { Moment } from "../parts/time.tsx";
import { scopeWords } from "./account-words.tsx";
import { OwnPassword } from "./own-password.tsx";
import { OwnSecondFactor } from "./own-second-factor.tsx";
import { SessionTable } from "./session-table.tsx";

export default function OwnAccountPage() {
  const me = useMe().data;
  return (
    <Page title="Your account">
      {me?.kind === "session" ? (
        <Own />
      ) : (
        <Empty title="Nobody is signed in with an account here.">
          <p>You are known by {me?.kind === "token" ? "an API token" : "the server's own machine"}.</p>
        </Empty>
      )}
    </Page>
  );
}

function Own() {
  const account = useOwnAccount();
  return (
    <>
      <Loaded query={account} what="your account">
        {(view) => (
          <div className="cards">
            <section className="card">
              <h2>You</h2>
              <Facts account={view} />
            </section>
            {view.provider === null && (
              <>
                <section className="card">
                  <h2>Password</h2>
                  <OwnPassword account={view} />
                </section>
                <section className="card">
                  <h2>Second factor</h2>
                  <OwnSecondFactor account={view} />
                </section>
              </>
            )}
          </div>
        )}
      </Loaded>
      <OwnSessions />
    </>
  );
}

function Facts({ account }: { readonly account: AccountView }) {
  return (
    <dl className="facts">
      <Fact name="Account">{account.name}</Fact>
      <Fact name="Role">{account.role}</Fact>
      <Fact name="May change">{scopeWords(account)}</Fact>
      <Fact name="Since">
        <Moment at={account.createdAt} />
      </Fact>
      {account.provider !== null && <Fact name="Signs in at">{account.provider}</Fact>}
    </dl>
  );
}

function OwnSessions() {
  const client = useQueryClient();
  return (
    <section className="section">
      <h2>Where you are signed in</h2>
      <Loaded query={useOwnSessions()} what="your sessions">
        {(sessions) => (
          <SessionTable
            sessions={sessions}
            end={async (id) => {
              await send("DELETE", `me/sessions/${id}`);
              await client.invalidateQueries({ queryKey: ["accounts"] });
            }}
          />
        )}
      </Loaded>
    </section>
  );
}
