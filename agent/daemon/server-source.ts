/** The server as a source of the policy. */

import type { ServerLink } from "../link/server-link.ts";
import type { PolicySource } from "./policy-source.ts";

export function serverSource(link: ServerLink): PolicySource {
  return {
    kind: "server",
    paths: [link.link().url],
    read: async () => {
      const { refused } = link.link();
      if (refused !== undefined)
        return { state: "invalid", problems: [`what the server sent is not followed: ${refused}`] };
      const ordered = link.ordered();
      if (ordered === undefined)
        return { state: "missing", problems: [`the server has not sent a policy yet${whyNot(link)}`] };
      const { policy, order, digest, confirmWithinSeconds, trialEnds, isRemembered } = ordered;
      return {
        state: "current",
        desired: {
          policy,
          version: order.version,
          revision: order.revision,
          digest,
          hostNames: {},
          segment: undefined,
          notes: [],
          inForce: () => link.inForce(ordered),
          isRemembered,
          ...(confirmWithinSeconds !== undefined && { confirmWithinSeconds }),
          ...(trialEnds !== undefined && { trialEnds }),
        },
      };
    },
    watch: (changed) => link.watch(changed),
    reach: (milliseconds) => link.reach(milliseconds),
  };
}

function whyNot(link: ServerLink): string {
  const { connected, why } = link.link();
  return connected ? "" : `: ${why}`;
}
