import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { isEnough, type Role } from "./role.ts";

/** Who makes policies active does so for all segments: such a role with a scope would promise a limit that there is not. Throws `server/invalid-request`. */
export function assertScopeFits(name: string, role: Role, scope: readonly string[] | undefined): void {
  if (scope === undefined) return;
  if (scope.length === 0)
    throw new BulkheadError("server/invalid-request", "a scope names at least one segment");
  if (isEnough(role, "approver"))
    throw new BulkheadError(
      "server/invalid-request",
      `only a viewer or an editor is limited to segments, and '${name}' would be ${role}`,
    );
}
