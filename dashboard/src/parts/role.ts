/** Who may what: the server decides, the page only leaves out what it would refuse. */

import { isEnough, type Role } from "@bulkhead/server/accounts/role.ts";
import { useMe } from "../api/queries.ts";

export function useMay(needed: Role): boolean {
  const role = useMe().data?.role;
  return role !== undefined && isEnough(role, needed);
}
