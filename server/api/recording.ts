/** What a request changes is in the audit log, with who asked it, by what, and from where. */

import { type Actor, onBehalfOf } from "../audit/acting.ts";
import type { Context, Needed, Route } from "../http/route.ts";
import type { ApiParts } from "./parts.ts";

/**
 * Events that the handler causes are kept in the asker's name. A handler that has changed something and says nothing of it is not let pass: then the request itself is the entry.
 * A route that changes nothing although it is no GET says so (`changesNothing`).
 */
export function recorded(route: Route, { note }: Pick<ApiParts, "note">): Route {
  if (route.method === "GET") return route;
  const { method, path, changesNothing = false, handler } = route;
  return {
    ...route,
    handler: (context, given) => {
      const actor = actorOf(context);
      return onBehalfOf(actor, async (errand) => {
        const answer = await handler(context, given);
        if (!changesNothing && errand.events === 0) {
          const { params = {} } = given as { readonly params?: object };
          const who = actor.who ?? "anyone";
          note({ kind: "request-made", who, about: `${method} ${path}`, facts: { ...params } });
        }
        return answer;
      });
    },
  };
}

export function actorOf({ principal, address }: Pick<Context<Needed>, "principal" | "address">): Actor {
  return {
    who: principal?.name,
    credential: principal?.kind ?? "none",
    address: address ?? "socket",
  };
}
