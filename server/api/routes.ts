/** Everything that can be asked of the server, beside what the frame answers itself. */

import type { Route } from "../http/route.ts";
import { authorityRoutes } from "./authority-routes.ts";
import { flowRoutes } from "./flow-routes.ts";
import { hostRoutes } from "./host-routes.ts";
import type { ApiParts } from "./parts.ts";
import { policyRoutes } from "./policy-routes.ts";
import { serverRoutes } from "./server-routes.ts";
import { tokenRoutes } from "./token-routes.ts";

export function apiRoutes(parts: ApiParts): readonly Route[] {
  return [
    ...serverRoutes(parts),
    ...authorityRoutes(parts),
    ...hostRoutes(parts),
    ...tokenRoutes(parts),
    ...policyRoutes(parts),
    ...flowRoutes(parts),
  ];
}
