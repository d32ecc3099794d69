/** Makes tokens; their text is shown once. */

import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { send } from "../api/client.ts";
import { labelsOf } from "../hosts/host-actions.tsx";
import { FrontDialog } from "../parts/dialog.tsx";
import { Failure } from "../parts/page.tsx";

const DAY = 86_400;

export function NewJoinToken({ onClose }: { readonly onClose: () => void }) {
  const [made, setMade] = useState<{ token: string; url: string } | undefined>();
  const make = async (form: FormData) =>
    setMade(
      await send("POST", "join-tokens", {
        labels: labelsOf(text(form, "labels")),
        addresses: text(form, "addresses")
          .split(/[\s,]+/)
          .filter(Boolean),
        uses: Number(text(form, "uses")),
        expiresInSeconds: Number(text(form, "days")) * DAY,
      }),
    );
  if (made !== undefined)
    return (
      <FrontDialog title="The token, shown this once" onClose={onClose}>
        <p>On each host, as root, with the token on standard input:</p>
        <pre className="secret">{`bulkhead-agent join ${made.url} <<'TOKEN'\n${made.token}\nTOKEN`}</pre>
        <div className="dialog-buttons">
          <button type="button" className="button main" onClick={onClose}>
            I have it
          </button>
        </div>
      </FrontDialog>
    );
  return (
    <TokenForm title="A token by which hosts join" onClose={onClose} make={make}>
      <label>
        <span>Labels</span>
        <input name="labels" placeholder="role=web, env=prod" />
        <small>What each host that joins by it is; never what the host says of itself.</small>
      </label>
      <label>
        <span>Addresses</span>
        <input name="addresses" required placeholder="10.0.0.0/8" className="mono" />
        <small>The blocks in which the host may claim addresses.</small>
      </label>
      <label>
        <span>Hosts that may join by it</span>
        <input name="uses" type="number" min={1} max={100_000} defaultValue={1} required />
      </label>
      <label>
        <span>Days until it expires</span>
        <input name="days" type="number" min={1} max={366} defaultValue={1} required />
      </label>
    </TokenForm>
  );
}

export function NewApiToken({ onClose }: { readonly onClose: () => void }) {
  const [made, setMade] = useState<string | undefined>();
  const make = async (form: FormData) => {
    const { token } = await send<{ token: string }>("POST", "api-tokens", {
      name: text(form, "name"),
      role: text(form, "role"),
      expiresInSeconds: Number(text(form, "days")) * DAY,
    });
    setMade(token);
  };
  if (made !== undefined)
    return (
      <FrontDialog title="The token, shown this once" onClose={onClose}>
        <code className="secret">{made}</code>
        <div className="dialog-buttons">
          <button type="button" className="button main" onClick={onClose}>
            I have it
          </button>
        </div>
      </FrontDialog>
    );
  return (
    <TokenForm title="A token for a program" onClose={onClose} make={make}>
      <label>
        <span>Name</span>
        <input name="name" required maxLength={128} placeholder="the pipeline of shop" />
      </label>
      <label>
        <span>Role</span>
        <select name="role" defaultValue="viewer">
          <option value="viewer">viewer: sees</option>
          <option value="editor">editor: drafts policies and labels</option>
          <option value="approver">approver: makes them active</option>
          <option value="administrator">administrator: decides who may what</option>
        </select>
      </label>
      <label>
        <span>Days until it expires</span>
        <input name="days" type="number" min={1} max={3_650} defaultValue={90} required />
      </label>
    </TokenForm>
  );
}

function TokenForm({
  title,
  onClose,
  make,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly make: (form: FormData) => Promise<void>;
  readonly children: ReactNode;
}) {
  const client = useQueryClient();
  const [error, setError] = useState<Error | undefined>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    try {
      await make(new FormData(event.currentTarget));
      await client.invalidateQueries({ queryKey: ["tokens"] });
    } catch (failed) {
      setError(failed as Error);
    }
  };
  return (
    <FrontDialog title={title} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        {children}
        {error !== undefined && <Failure error={error} />}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={onClose}>
            Leave it
          </button>
          <button type="submit" className="button main">
            Make it
          </button>
        </div>
      </form>
    </FrontDialog>
  );
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}
