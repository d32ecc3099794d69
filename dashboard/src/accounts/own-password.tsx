import type { AccountView } from "@bulkhead/server/api/account-shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "../api/client.ts";
import { useOwnSessions } from "../api/queries.ts";
import { FormDialog } from "../parts/form-dialog.tsx";
import { textOf } from "../parts/form-text.ts";
import { ProofFields, passwordOf } from "./proof-fields.tsx";

/** Chooses one, or another one. Who has come by a link need not know the present one. */
export function OwnPassword({ account }: { readonly account: AccountView }) {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const isByLink = useOwnSessions().data?.some(({ isThis, method }) => isThis && method === "link") === true;
  return (
    <>
      <p>
        {account.hasPassword
          ? "A password is set."
          : "There is none yet: without one, you get in again only by a new link."}
      </p>
      <p className="card-more">
        <button
          type="button"
          className={account.hasPassword ? "button" : "button main"}
          onClick={() => setOpen(true)}
        >
          {account.hasPassword ? "Change it" : "Choose one"}
        </button>
      </p>
      {isOpen && (
        <FormDialog
          title={account.hasPassword ? "Change your password" : "Choose a password"}
          confirm="Set it"
          onClose={() => setOpen(false)}
          submit={async (form) => {
            const next = passwordOf(form, "next");
            const code = textOf(form, "code");
            const proof = isByLink ? {} : { password: passwordOf(form), ...(code !== "" && { code }) };
            await send("PUT", "me/password", { next, ...proof });
            await client.invalidateQueries({ queryKey: ["accounts"] });
            setOpen(false);
          }}
        >
          {!isByLink && <ProofFields isCodeNeeded={account.hasSecondFactor} />}
          <label>
            <span>New password</span>
            <input name="next" type="password" required autoComplete="new-password" />
            <small>Long is better than strange: a few words that nobody would put together.</small>
          </label>
          <p className="dim">Your other sessions end; this one stays.</p>
        </FormDialog>
      )}
    </>
  );
}
