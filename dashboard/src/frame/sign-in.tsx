/** Where nobody is signed in: at a provider, by password, with a code where the account has a second factor, or by a link. */

import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError, send } from "../api/client.ts";
import { textOf } from "../parts/form-text.ts";
import { Failure } from "../parts/page.tsx";
import { ProviderSignIn } from "./provider-sign-in.tsx";

export function SignIn() {
  return (
    <main className="sign-in">
      <header>
        <img src="/icon.svg" alt="" width="40" height="40" />
        <h1>Bulkhead</h1>
      </header>
      <ProviderSignIn />
      <ByPassword />
      <details>
        <summary>No password yet?</summary>
        <p>
          A link signs in once and lets its owner choose one. <code>bulkhead serve</code> prints the first
          administrator’s when it starts, until an administrator has another way in; an administrator makes
          one for anybody else, under Accounts or by <code>bulkhead account link NAME</code>.
        </p>
      </details>
    </main>
  );
}

function ByPassword() {
  const client = useQueryClient();
  const [isCodeNeeded, setCodeNeeded] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error | undefined>();
  const signIn = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const code = textOf(form, "code");
    setBusy(true);
    setError(undefined);
    try {
      const shown = { account: textOf(form, "account"), password: String(form.get("password") ?? "") };
      await send("POST", "sign-in", { ...shown, ...(code !== "" && { code }), keep: "cookie" });
      // Nothing that somebody else was shown before is shown on.
      await client.resetQueries();
    } catch (failed) {
      if (failed instanceof ApiError && failed.code === "server/code-needed") setCodeNeeded(true);
      else setError(failed as Error);
      setBusy(false);
    }
  };
  return (
    <form className="card form" onSubmit={signIn}>
      <label>
        <span>Account</span>
        <input name="account" required autoComplete="username" autoCapitalize="off" spellCheck={false} />
      </label>
      <label>
        <span>Password</span>
        <input name="password" type="password" required autoComplete="current-password" />
      </label>
      {isCodeNeeded && (
        <label>
          <span>Code</span>
          {/* biome-ignore lint/a11y/noAutofocus: it has just appeared, as the next thing that is asked for */}
          <input name="code" className="mono" required autoFocus autoComplete="one-time-code" />
          <small>
            The six digits that your authenticator shows now; or, where it is lost, one of your recovery
            codes.
          </small>
        </label>
      )}
      {error !== undefined && <Failure error={error} />}
      <button type="submit" className="button main" disabled={isBusy}>
        Sign in
      </button>
    </form>
  );
}
