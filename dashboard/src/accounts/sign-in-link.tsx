/** A link by which an account's owner signs in once, and may choose a password. */

import { send } from "../api/client.ts";
import { ShownOnce } from "../parts/form-dialog.tsx";
import { Ago } from "../parts/time.tsx";

export interface SignInLink {
  readonly url: string;
  readonly expiresAt: number;
}

export function makeLink(name: string): Promise<SignInLink> {
  return send("POST", `accounts/${encodeURIComponent(name)}/sign-in-links`);
}

export function LinkShown({
  name,
  link,
  onClose,
}: {
  readonly name: string;
  readonly link: SignInLink;
  readonly onClose: () => void;
}) {
  return (
    <ShownOnce title={`A link for ${name}, shown this once`} onClose={onClose}>
      <p>
        Whoever opens it is signed in as {name}, once, and may choose a password. It ends{" "}
        <Ago at={link.expiresAt} />; a later link ends this one.
      </p>
      <code className="secret">{link.url}</code>
    </ShownOnce>
  );
}
