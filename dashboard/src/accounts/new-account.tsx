/** Makes an account. Its owner chooses the password: whoever makes it need not know it. */

import type { Role } from "@bulkhead/server/accounts/role.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "../api/client.ts";
import { FormDialog } from "../parts/form-dialog.tsx";
import { textOf } from "../parts/form-text.ts";
import { RoleField } from "../parts/role-field.tsx";
import { ScopeField, scopeOf } from "./scope-field.tsx";
import { LinkShown, makeLink, type SignInLink } from "./sign-in-link.tsx";

export function NewAccount({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const [role, setRole] = useState<Role>("viewer");
  const [made, setMade] = useState<{ readonly name: string; readonly link: SignInLink } | undefined>();
  if (made !== undefined) return <LinkShown {...made} onClose={onClose} />;
  return (
    <FormDialog
      title="A new account"
      confirm="Make it, and a link"
      onClose={onClose}
      submit={async (form) => {
        const name = textOf(form, "name");
        const scope = role === "editor" ? scopeOf(form) : null;
        await send("POST", "accounts", { name, role, ...(scope !== null && { scope }) });
        const link = await makeLink(name);
        await client.invalidateQueries({ queryKey: ["accounts"] });
        setMade({ name, link });
      }}
    >
      <label>
        <span>Name</span>
        <input name="name" required autoCapitalize="off" spellCheck={false} placeholder="anna" />
        <small>What is done by it is written down under this name.</small>
      </label>
      <RoleField initial={role} onChange={setRole} />
      {role === "editor" && <ScopeField scope={null} />}
    </FormDialog>
  );
}
