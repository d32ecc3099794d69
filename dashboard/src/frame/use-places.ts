/** The places that somebody of the reader's role is shown the way to. */

import { isEnough } from "@bulkhead/server/accounts/role.ts";
import { useMemo } from "react";
import { useMe } from "../api/queries.ts";
import { OWN_ACCOUNT, PLACE_GROUPS, type Place, type PlaceGroup } from "./pages.ts";

export function usePlaceGroups(): readonly PlaceGroup[] {
  const role = useMe().data?.role;
  return useMemo(
    () =>
      PLACE_GROUPS.map((group) => ({
        ...group,
        places: group.places.filter(
          ({ needs }) => needs === undefined || (role !== undefined && isEnough(role, needs)),
        ),
      })),
    [role],
  );
}

/** In the order in which the navigation has them, one's own account last. */
export function usePlaces(): readonly Place[] {
  const groups = usePlaceGroups();
  return useMemo(() => [...groups.flatMap(({ places }) => places), OWN_ACCOUNT], [groups]);
}
