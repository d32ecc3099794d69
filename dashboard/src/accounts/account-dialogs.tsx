/** What an account may do, changed. */

import type { Role } from "@bulkhead/server/accounts/role.ts";
import type { AccountView } from "@bulkhead/server/api/account-shapes.ts";
import { useQueryClient } from "@tanstack/react-query";
import { send } from "../api/client.ts";
import { FormDialog } from "../parts/form-dialog.tsx";
import { textOf } from "../parts/form-text.ts";
import { RoleField } from "../parts/role-field.tsx";
import { ScopeField, scopeOf } from "./scope-field.tsx";

interface DialogProps {
  readonly account: AccountView;
  readonly onClose: () => void;
}

export function RoleDialog({ account: { name, role }, onClose }: DialogProps) {
  const put = usePut(name, onClose);
  return (
    <FormDialog
      title={`What ${name} may do`}
      confirm="Give it this role"
      onClose={onClose}
      submit={(form) => put("role", { role: textOf(form, "role") as Role })}
    >
      <RoleField initial={role} />
      <p className="dim">It counts from the next thing that {name} does, in open sessions too.</p>
    </FormDialog>
  );
}

export function ScopeDialog({ account: { name, scope }, onClose }: DialogProps) {
  const put = usePut(name, onClose);
  return (
    <FormDialog
      title={`What ${name} may change`}
      confirm="Limit it so"
      onClose={onClose}
      submit={(form) => put("scope", { scope: scopeOf(form) })}
    >
      <ScopeField scope={scope} />
    </FormDialog>
  );
}

function usePut(name: string, done: () => void): (path: string, body: unknown) => Promise<void> {
  const client = useQueryClient();
  return async (path, body) => {
    await send("PUT", `accounts/${encodeURIComponent(name)}/${path}`, body);
    await client.invalidateQueries({ queryKey: ["accounts"] });
    done();
  };
}
