/** One account, as an administrator sees to it. */

import type { AccountView } from "@bulkhead/server/api/account-shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "wouter";
import { send } from "../api/client.ts";
import { useAccount, useHistory, useSessionsOf } from "../api/queries.ts";
import { Fact } from "../parts/fact.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { Ago, Moment } from "../parts/time.tsx";
import { EventTable } from "../server/event-table.tsx";
import { AccountActions } from "./account-actions.tsx";
import { AccountState, scopeWords, secondFactorWords } from "./account-words.tsx";
import { SessionTable } from "./session-table.tsx";

export default function AccountPage() {
  const name = decodeURIComponent(useParams().name ?? "");
  const account = useAccount(name);
  return (
    <Page title={name} under={{ path: "/accounts", name: "Accounts" }}>
      <Loaded query={account} what={`the account ${name}`}>
        {(view) => (
          <>
            <div className="cards">
              <section className="card">
                <h2>Account</h2>
                <Facts account={view} />
              </section>
              <section className="card">
                <h2>What can be done</h2>
                <AccountActions account={view} />
              </section>
            </div>
            <Sessions name={name} />
            <History name={name} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Facts({ account }: { readonly account: AccountView }) {
  const { role, createdAt, signedInAt, provider, hasPassword } = account;
  return (
    <dl className="facts">
      <Fact name="State">
        <AccountState account={account} />
      </Fact>
      <Fact name="Role">{role}</Fact>
      <Fact name="May change">{scopeWords(account)}</Fact>
      <Fact name="Signs in">
        {provider ?? (hasPassword ? "by password" : "by links only, until a password is chosen")}
      </Fact>
      <Fact name="Second factor">{secondFactorWords(account)}</Fact>
      <Fact name="Made">
        <Moment at={createdAt} />
      </Fact>
      <Fact name="Signed in">{signedInAt === null ? "never" : <Ago at={signedInAt} />}</Fact>
    </dl>
  );
}

function Sessions({ name }: { readonly name: string }) {
  const client = useQueryClient();
  return (
    <section className="section">
      <h2>Open sessions</h2>
      <Loaded query={useSessionsOf(name)} what="sessions">
        {(sessions) => (
          <SessionTable
            sessions={sessions}
            end={async (id) => {
              await send("DELETE", `accounts/${encodeURIComponent(name)}/sessions/${id}`);
              await client.invalidateQueries({ queryKey: ["accounts"] });
            }}
          />
        )}
      </Loaded>
    </section>
  );
}

function History({ name }: { readonly name: string }) {
  return (
    <section className="section">
      <h2>What happened</h2>
      <Loaded query={useHistory(name, 50)} what="its history">
        {(events) => <EventTable events={events} />}
      </Loaded>
    </section>
  );
}
