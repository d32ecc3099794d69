/** People: who may sign in, as what, and how safely. */

import type { AccountView } from "@bulkhead/server/api/account-shapes.ts";
import { useState } from "react";
import { Link } from "wouter";
import { useAccounts, useMe } from "../api/queries.ts";
import { Loaded, Page } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { Ago } from "../parts/time.tsx";
import { count } from "../parts/words.ts";
import { AccountState, scopeWords, secondFactorWords } from "./account-words.tsx";
import { NewAccount } from "./new-account.tsx";

export default function AccountsPage() {
  const accounts = useAccounts();
  const may = useMay("administrator");
  const [isMaking, setMaking] = useState(false);
  return (
    <Page
      title="Accounts"
      aside={
        may && (
          <button type="button" className="button main" onClick={() => setMaking(true)}>
            New account
          </button>
        )
      }
    >
      <Loaded query={accounts} what="accounts">
        {(all) => <AccountTable accounts={all} />}
      </Loaded>
      {isMaking && <NewAccount onClose={() => setMaking(false)} />}
    </Page>
  );
}

function AccountTable({ accounts }: { readonly accounts: readonly AccountView[] }) {
  const me = useMe().data;
  return (
    <TableFrame label="Accounts">
      <TableHead
        names={["Account", "Role", "May change", "State", "Second factor", "Signed in", "Sessions"]}
      />
      <tbody>
        {accounts.map((account) => (
          <tr key={account.name}>
            <td>
              <Link href={`/accounts/${encodeURIComponent(account.name)}`}>
                <strong>{account.name}</strong>
              </Link>
              {me?.kind === "session" && me.name === account.name && <small> you</small>}
            </td>
            <td>{account.role}</td>
            <td>{scopeWords(account)}</td>
            <td>
              <AccountState account={account} />
            </td>
            <td className={account.hasSecondFactor ? "" : "dim"}>{secondFactorWords(account)}</td>
            <td className="dim">{account.signedInAt === null ? "never" : <Ago at={account.signedInAt} />}</td>
            <td className="number">{count(account.sessions)}</td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
