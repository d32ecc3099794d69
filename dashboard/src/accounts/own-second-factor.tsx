/** The second factor: set up with an authenticator, or taken away. */

import type { AccountView } from "@bulkhead/server/api/account-shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { send } from "../api/client.ts";
import { FormDialog, ShownOnce } from "../parts/form-dialog.tsx";
import { textOf } from "../parts/form-text.ts";
import { Waiting } from "../parts/page.tsx";
import { counted } from "../parts/words.ts";
import { ProofFields, passwordOf } from "./proof-fields.tsx";

const QrCode = lazy(() => import("./qr-code.tsx"));

const FEW_CODES = 3;

export function OwnSecondFactor({ account }: { readonly account: AccountView }) {
  const [open, setOpen] = useState<"enrol" | "remove" | undefined>();
  const close = () => setOpen(undefined);
  const { hasSecondFactor, hasPassword, recoveryCodes } = account;
  return (
    <>
      {hasSecondFactor ? (
        <>
          <p>
            An authenticator’s code is asked for beside the password.{" "}
            {counted(recoveryCodes, "recovery code")} left.
          </p>
          {recoveryCodes <= FEW_CODES && (
            <p className="dim">For new ones, take it away and set it up again.</p>
          )}
        </>
      ) : (
        <p>
          {hasPassword
            ? "The password alone lets in whoever knows it. With a second factor a code is asked for as well, which an authenticator on your phone or in your password manager shows."
            : "It can be set up once there is a password."}
        </p>
      )}
      {hasPassword && (
        <p className="card-more">
          <button
            type="button"
            className={hasSecondFactor ? "button" : "button main"}
            onClick={() => setOpen(hasSecondFactor ? "remove" : "enrol")}
          >
            {hasSecondFactor ? "Take it away" : "Set it up"}
          </button>
        </p>
      )}
      {open === "enrol" && <Enrol onClose={close} />}
      {open === "remove" && <Remove onClose={close} />}
    </>
  );
}

interface Offered {
  readonly secret: string;
  readonly uri: string;
}

/** Password, then the secret and its first code, then the recovery codes. */
function Enrol({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const [offered, setOffered] = useState<Offered | undefined>();
  const [codes, setCodes] = useState<readonly string[] | undefined>();
  const refresh = () => client.invalidateQueries({ queryKey: ["accounts"] });
  if (codes !== undefined)
    return (
      <ShownOnce title="Your recovery codes, shown this once" onClose={onClose}>
        <p>
          Each lets you in once without the authenticator. Keep them where you find them when your phone is
          gone: printed, or in a password manager.
        </p>
        <pre className="secret recovery-codes">{codes.join("\n")}</pre>
      </ShownOnce>
    );
  if (offered === undefined)
    return (
      <FormDialog
        title="Set up a second factor"
        confirm="Go on"
        onClose={onClose}
        submit={async (form) =>
          setOffered(await send("POST", "me/second-factor", { password: passwordOf(form) }))
        }
      >
        <ProofFields isCodeNeeded={false} />
      </FormDialog>
    );
  return (
    <FormDialog
      title="Tell your authenticator"
      confirm="Turn it on"
      onClose={onClose}
      submit={async (form) => {
        const body = { code: textOf(form, "code") };
        const confirmed = await send<{ recoveryCodes: string[] }>("POST", "me/second-factor/confirm", body);
        setCodes(confirmed.recoveryCodes);
        await refresh();
      }}
    >
      <div className="enrolment">
        <Suspense fallback={<Waiting what="the picture" />}>
          <QrCode text={offered.uri} label="The secret, for an authenticator's camera" />
        </Suspense>
        <div>
          <p>Let it look at the picture, or write the secret into it:</p>
          <code className="secret">{spaced(offered.secret)}</code>
          <p className="dim">Time-based, six digits, every 30 seconds.</p>
        </div>
      </div>
      <label>
        <span>The code that it shows now</span>
        <input name="code" className="mono" required inputMode="numeric" autoComplete="one-time-code" />
        <small>Only then does it count. Whoever stops here leaves all as it was.</small>
      </label>
    </FormDialog>
  );
}

function Remove({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  return (
    <FormDialog
      title="Take the second factor away"
      confirm="Take it away"
      isDangerous
      onClose={onClose}
      submit={async (form) => {
        const body = { password: passwordOf(form), code: textOf(form, "code") };
        await send("POST", "me/second-factor/remove", body);
        await client.invalidateQueries({ queryKey: ["accounts"] });
        onClose();
      }}
    >
      <p>The password alone lets you in from then on. The recovery codes count no more.</p>
      <ProofFields isCodeNeeded />
    </FormDialog>
  );
}

/** In fours, as people copy it. */
function spaced(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? secret;
}
