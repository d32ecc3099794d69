/** Signing in elsewhere: a way there, and what went wrong on the way back. */

import type { WaysToSignIn } from "@bulkhead/server/api/account-shapes.ts";
import { catalogue, type ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";
import { useQuery } from "@tanstack/react-query";
import { ApiError, get } from "../api/client.ts";
import { Failure } from "../parts/page.tsx";

/** The parameter by which the server says why somebody came back in vain. */
const REFUSED = "signin";

export function ProviderSignIn() {
  const { data } = useQuery<WaysToSignIn, Error>({
    queryKey: ["ways-to-sign-in"],
    queryFn: ({ signal }) => get<WaysToSignIn>("sign-in", {}, signal),
  });
  const error = refusal();
  const provider = data?.provider;
  if (error === undefined && !provider) return null;
  return (
    <section className="card form">
      {error !== undefined && <Failure error={error} />}
      {provider && (
        // Not a request of a script: the browser goes there and comes back.
        <a className="button main" href={`${provider.path}?to=${encodeURIComponent(wanted())}`}>
          Sign in with {provider.name}
        </a>
      )}
    </section>
  );
}

/** The page that somebody wanted to see. */
function wanted(): string {
  const { pathname, search } = window.location;
  return new URLSearchParams(search).has(REFUSED) ? "/" : `${pathname}${search}`;
}

function refusal(): Error | undefined {
  const code = new URLSearchParams(window.location.search).get(REFUSED);
  if (code === null || !Object.hasOwn(catalogue, code)) return undefined;
  const { title, remedy } = catalogue[code as ErrorCode];
  return new ApiError(403, { code, message: title, remedy });
}
