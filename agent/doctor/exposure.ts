/** Who may reach what listens here, by the policy in force. */

import { formatService, serviceHas } from "@bulkhead/shared/net/service.ts";
import type { AddressesOf, HostPolicy, HostRule } from "@bulkhead/shared/rules/host-policy.ts";
import type { Picture } from "./picture.ts";

export interface Exposed {
  /** `tcp/5432` */
  readonly service: string;
  readonly address: string;
  readonly unit?: string;
  /** Segments and blocks; `any`; empty where nobody may. Undefined where nothing is enforced: then everybody may. */
  readonly from?: readonly string[];
}

/** What only this host can reach is left out. */
export function exposure({ listeners, policy }: Picture): readonly Exposed[] {
  return listeners
    .filter(({ address }) => address !== "::1" && !address.startsWith("127."))
    .map((listener) => {
      const from = policy?.modes.ingress === "enforce" ? callersOf(listener, policy) : undefined;
      return {
        service: formatService([
          { protocol: listener.protocol, low: listener.port, high: listener.port },
        ]).join(),
        address: listener.address === "" ? "any" : listener.address,
        ...(listener.unit !== undefined && { unit: listener.unit }),
        ...(from !== undefined && { from }),
      };
    });
}

function callersOf(
  { protocol, port, unit }: Picture["listeners"][number],
  policy: HostPolicy,
): readonly string[] {
  const isAbout = ({ direction, service, local }: HostRule) =>
    direction === "ingress" &&
    serviceHas(service, protocol, port) &&
    (local.unit === undefined || local.unit === unit);
  const rules = policy.rules.filter(isAbout);
  const denied = new Set(namesIn(rules, "deny", policy));
  if (denied.has("any")) return [];
  const allowed = [...new Set(namesIn(rules, "allow", policy))].filter((name) => !denied.has(name));
  return allowed.includes("any") ? ["any"] : allowed;
}

function namesIn(
  rules: readonly HostRule[],
  action: "allow" | "deny",
  policy: HostPolicy,
): readonly string[] {
  return rules
    .filter((rule) => rule.action === action)
    .flatMap(({ peers }) => peers.map((peer) => nameOf(peer, policy)));
}

function nameOf(peer: AddressesOf, { groups }: HostPolicy): string {
  if (peer.kind === "any") return "any";
  if (peer.kind === "block") return peer.block;
  return groups[peer.group]?.segment ?? peer.group;
}
