import type { Protocol } from "./worker/requests.ts";

/** `tcp/5432`, `udp/53`; `icmp` is an echo request of either family. */
export type ServiceName = `tcp/${number}` | `udp/${number}` | "icmp";

export function parseService(service: ServiceName): { readonly protocol: Protocol; readonly port: number } {
  const match = /^(?:(tcp|udp)\/(\d+)|icmp)$/.exec(service);
  if (!match) throw new Error(`not a service that an estate speaks: ${service}`);
  return { protocol: (match[1] as "tcp" | "udp" | undefined) ?? "icmp", port: Number(match[2] ?? 0) };
}
