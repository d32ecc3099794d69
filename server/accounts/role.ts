/** What somebody may do. Each role may do what those before it may. */

/** `viewer` sees; `editor` drafts policies and labels; `approver` makes them active; `administrator` decides who may what. */
export const ROLES = ["viewer", "editor", "approver", "administrator"] as const;

export type Role = (typeof ROLES)[number];

/** Whether the role that somebody has is enough for one that is needed. */
export function isEnough(has: Role, needed: Role): boolean {
  return ROLES.indexOf(has) >= ROLES.indexOf(needed);
}

/** A role as the store keeps it. Throws a RangeError for any other text: the store's own check has let it in. */
export function roleNamed(text: string): Role {
  const role = ROLES.find((role) => role === text);
  if (role === undefined) throw new RangeError(`no role is called ${text}`);
  return role;
}
