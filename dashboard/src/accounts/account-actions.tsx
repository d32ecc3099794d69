/** What an administrator can do with an account, each with what will happen. */

import type { AccountView } from "@bulkhead/server/api/account-shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { send } from "../api/client.ts";
import { useMe } from "../api/queries.ts";
import { Asked } from "../parts/asked.tsx";
import { counted } from "../parts/words.ts";
import { RoleDialog, ScopeDialog } from "./account-dialogs.tsx";
import { LinkShown, makeLink, type SignInLink } from "./sign-in-link.tsx";

export function AccountActions({ account }: { readonly account: AccountView }) {
  const me = useMe().data;
  const isOwn = me?.kind === "session" && me.name === account.name;
  return (
    <>
      <div className="button-row">
        {!isOwn && <Rights account={account} />}
        {account.provider === null && account.disabledAt === null && <SignInLinkButton name={account.name} />}
        <Repairs account={account} />
        {!isOwn && <Ends account={account} />}
      </div>
      {isOwn && (
        <p className="dim spaced-above">
          It is your own: another administrator changes your role or takes your account away.
        </p>
      )}
    </>
  );
}

function useAct(name: string): (path: string) => Promise<void> {
  const client = useQueryClient();
  return async (path) => {
    await send("POST", `accounts/${encodeURIComponent(name)}/${path}`);
    await client.invalidateQueries({ queryKey: ["accounts"] });
  };
}

function Rights({ account }: { readonly account: AccountView }) {
  const [open, setOpen] = useState<"role" | "scope" | undefined>();
  const close = () => setOpen(undefined);
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen("role")}>
        Role
      </button>
      {account.role === "editor" && (
        <button type="button" className="button" onClick={() => setOpen("scope")}>
          Limit to segments
        </button>
      )}
      {open === "role" && <RoleDialog account={account} onClose={close} />}
      {open === "scope" && <ScopeDialog account={account} onClose={close} />}
    </>
  );
}

function SignInLinkButton({ name }: { readonly name: string }) {
  const [link, setLink] = useState<SignInLink | undefined>();
  return (
    <>
      <Asked
        label="Sign-in link"
        title={`A link for ${name}`}
        confirm="Make it"
        act={async () => setLink(await makeLink(name))}
      >
        <p>
          It signs in once, within the hour, and lets {name} choose a password. An earlier link ends. The
          second factor stays as it is.
        </p>
      </Asked>
      {link !== undefined && <LinkShown name={name} link={link} onClose={() => setLink(undefined)} />}
    </>
  );
}

function Repairs({
  account: { name, lockedUntil, hasSecondFactor, sessions },
}: {
  readonly account: AccountView;
}) {
  const act = useAct(name);
  return (
    <>
      {lockedUntil !== null && lockedUntil > Date.now() && (
        <Asked
          label="Lift the lock"
          title={`Lift the lock of ${name}`}
          confirm="Lift it"
          act={() => act("unlock")}
        >
          <p>
            Too many passwords in a row were wrong. If it was not {name} who tried, the next failures lock it
            again.
          </p>
        </Asked>
      )}
      {hasSecondFactor && (
        <Asked
          label="Reset second factor"
          title={`Reset the second factor of ${name}`}
          confirm="Reset it"
          isDangerous
          act={() => act("reset-second-factor")}
        >
          <p>
            Authenticator and recovery codes count no more, and {counted(sessions, "session")} end. Until{" "}
            {name} sets up a new one, the password alone is enough. Make sure that it is {name} who asks for
            it.
          </p>
        </Asked>
      )}
    </>
  );
}

function Ends({ account: { name, disabledAt, sessions } }: { readonly account: AccountView }) {
  const act = useAct(name);
  const client = useQueryClient();
  const [, go] = useLocation();
  return (
    <>
      {disabledAt === null ? (
        <Asked
          label="Disable"
          title={`Disable ${name}`}
          confirm="Disable it"
          isDangerous
          act={() => act("disable")}
        >
          <p>
            {counted(sessions, "session")} end at once, and nobody signs in to it. <b>Enable</b> undoes it.
          </p>
        </Asked>
      ) : (
        <Asked label="Enable" title={`Enable ${name}`} confirm="Enable it" act={() => act("enable")}>
          <p>{name} may sign in again as before.</p>
        </Asked>
      )}
      <Asked
        label="Remove"
        title={`Remove the account ${name}`}
        confirm="Remove it for good"
        isDangerous
        act={async () => {
          await send("DELETE", `accounts/${encodeURIComponent(name)}`);
          go("/accounts");
          await client.invalidateQueries({ queryKey: ["accounts"], refetchType: "none" });
        }}
      >
        <p>
          {counted(sessions, "session")} end at once. What was done by it stays on record under its name. It
          cannot be undone; disabling can.
        </p>
      </Asked>
    </>
  );
}
