import { ROLES, type Role } from "@bulkhead/server/accounts/role.ts";

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  viewer: "viewer: sees",
  editor: "editor: drafts policies and labels",
  approver: "approver: makes them active",
  administrator: "administrator: decides who may what",
};

/** Which of the roles, in a form's field `role`. */
export function RoleField({
  initial,
  onChange,
}: {
  readonly initial: Role;
  readonly onChange?: (role: Role) => void;
}) {
  return (
    <label>
      <span>Role</span>
      <select name="role" defaultValue={initial} onChange={(event) => onChange?.(event.target.value as Role)}>
        {ROLES.map((one) => (
          <option key={one} value={one}>
            {ROLE_WORDS[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
