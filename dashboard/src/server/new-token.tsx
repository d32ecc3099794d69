/** Makes tokens; their text is shown once. */

import { joinCommand } from "@bulkhead/shared/protocol/join-command.ts";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { send } from "../api/client.ts";
import { labelsOf } from "../hosts/host-actions.tsx";
import { FormDialog, ShownOnce } from "../parts/form-dialog.tsx";
import { textOf } from "../parts/form-text.ts";
import { RoleField } from "../parts/role-field.tsx";

const DAY = 86_400;

export function NewJoinToken({ onClose }: { readonly onClose: () => void }) {
  const [made, setMade] = useState<{ token: string; url: string } | undefined>();
  const make = async (form: FormData) =>
    setMade(
      await send("POST", "join-tokens", {
        labels: labelsOf(textOf(form, "labels")),
        addresses: textOf(form, "addresses")
          .split(/[\s,]+/)
          .filter(Boolean),
        uses: Number(textOf(form, "uses")),
        expiresInSeconds: Number(textOf(form, "days")) * DAY,
      }),
    );
  if (made !== undefined)
    return (
      <ShownOnce title="The token, shown this once" onClose={onClose}>
        <p>
          Paste it as root on each host whose package repository has <code>bulkhead-agent</code>, or put it
          under <code>runcmd:</code> of cloud-init:
        </p>
        <pre className="secret">{joinCommand(made)}</pre>
      </ShownOnce>
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
      name: textOf(form, "name"),
      role: textOf(form, "role"),
      expiresInSeconds: Number(textOf(form, "days")) * DAY,
    });
    setMade(token);
  };
  if (made !== undefined)
    return (
      <ShownOnce title="The token, shown this once" onClose={onClose}>
        <code className="secret">{made}</code>
      </ShownOnce>
    );
  return (
    <TokenForm title="A token for a program" onClose={onClose} make={make}>
      <label>
        <span>Name</span>
        <input name="name" required maxLength={128} placeholder="the pipeline of shop" />
      </label>
      <RoleField initial="viewer" />
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
  const submit = async (form: FormData) => {
    await make(form);
    await client.invalidateQueries({ queryKey: ["tokens"] });
  };
  return (
    <FormDialog title={title} confirm="Make it" onClose={onClose} submit={submit}>
      {children}
    </FormDialog>
  );
}
