/** Everything that can be asked of the server, beside what the frame answers itself. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Route } from "../http/route.ts";
import { isFull } from "../store/database.ts";
import { accountRoutes } from "./account-routes.ts";
import { adviceRoutes } from "./advice-routes.ts";
import { alertRoutes } from "./alert-routes.ts";
import { approvalRoutes } from "./approval-routes.ts";
import { auditRoutes } from "./audit-routes.ts";
import { authorityRoutes } from "./authority-routes.ts";
import { evidenceRoutes } from "./evidence-routes.ts";
import { flowRoutes } from "./flow-routes.ts";
import { hostRoutes } from "./host-routes.ts";
import { identityRoutes } from "./identity-routes.ts";
import { lintRoutes } from "./lint-routes.ts";
import { ownAccountRoutes } from "./own-account-routes.ts";
import type { ApiParts } from "./parts.ts";
import { planRoutes } from "./plan-routes.ts";
import { policyRoutes } from "./policy-routes.ts";
import { receiverRoutes } from "./receiver-routes.ts";
import { recorded } from "./recording.ts";
import { rolloutRoutes } from "./rollout-routes.ts";
import { serverRoutes } from "./server-routes.ts";
import { signInRoutes } from "./sign-in-routes.ts";
import { standingRoutes } from "./standing-routes.ts";
import { tokenRoutes } from "./token-routes.ts";
import { trialRoutes } from "./trial-routes.ts";

export function apiRoutes(parts: ApiParts): readonly Route[] {
  return [
    ...serverRoutes(parts),
    ...authorityRoutes(parts),
    ...hostRoutes(parts),
    ...tokenRoutes(parts),
    ...signInRoutes(parts),
    ...accountRoutes(parts),
    ...identityRoutes(parts),
    ...ownAccountRoutes(parts),
    ...policyRoutes(parts),
    ...approvalRoutes(parts),
    ...trialRoutes(parts),
    ...planRoutes(parts),
    ...adviceRoutes(parts),
    ...rolloutRoutes(parts),
    ...lintRoutes(parts),
    ...standingRoutes(parts),
    ...flowRoutes(parts),
    ...alertRoutes(parts),
    ...auditRoutes(parts),
    ...receiverRoutes(parts),
    ...evidenceRoutes(parts),
  ]
    .map((route) => recorded(route, parts))
    .map(sayingFull);
}

/** A full disk is no defect: it is told as what it is. */
function sayingFull(route: Route): Route {
  return {
    ...route,
    handler: async (context, given) => {
      try {
        return await route.handler(context, given);
      } catch (error) {
        if (!isFull(error)) throw error;
        throw new BulkheadError("server/store-full", "there is no room for this change", { cause: error });
      }
    },
  };
}
