/** Who may reach each service that listens on a host, by the active policy, and who did in the last day. */

import type { HostDetails } from "@bulkhead/server/api/shapes.ts";
import { useMemo } from "react";
import { Link } from "wouter";
import { useFlows } from "../api/queries.ts";
import { endName } from "../flows/flow-words.ts";
import { addressOf } from "../parts/address-state.ts";
import { Empty, Failure } from "../parts/page.tsx";
import { TableFrame, TableHead } from "../parts/table-frame.tsx";
import { exposureOf } from "../policy/exposure.ts";
import { useServedPolicy } from "../policy/served-policy.ts";

const FEW = 6;

export default function Exposure({ host }: { readonly host: HostDetails }) {
  const policy = useServedPolicy();
  const flows = useFlows({ window: "24h", to: host.name, verdict: "allow,would-deny" });
  const seen = useMemo(() => flows.data?.pages.flatMap((page) => page.flows) ?? [], [flows.data]);
  const services = useMemo(() => listeningOf(host), [host]);
  const resolved = policy.data ?? undefined;
  const reach = useMemo(
    () => (resolved === undefined ? undefined : exposureOf(resolved, host.name, [...services.keys()])),
    [resolved, host.name, services],
  );
  if (services.size === 0)
    return (
      <Empty title="Nothing that others could reach is known to listen here.">
        <p>The host tells what listens on it when it connects, and every few minutes after that.</p>
      </Empty>
    );
  return (
    <>
      {policy.error !== null && <Failure error={policy.error} />}
      <TableFrame label="Exposure">
        <TableHead names={["Service", "Listens", "May be reached by", "Was reached in the last day by"]} />
        <tbody>
          {[...services].map(([service, listeners]) => {
            const peers = new Set(
              seen.filter((flow) => flow.service === service).map(({ source }) => endName(source)),
            );
            return (
              <tr key={service}>
                <td className="mono">{service}</td>
                <td>{[...listeners].join(", ")}</td>
                <td>
                  {policy.data === null ? (
                    "anybody: no policy is in force"
                  ) : (
                    <Names names={reach?.get(service)} none="nobody" />
                  )}
                </td>
                <td>
                  <Names names={[...peers]} none="nobody" />{" "}
                  {peers.size > 0 && (
                    <Link href={addressOf("/flows", { to: host.name, service, window: "24h" })}>flows</Link>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </TableFrame>
    </>
  );
}

function Names({ names, none }: { readonly names: readonly string[] | undefined; readonly none: string }) {
  if (names === undefined) return <span className="dim">…</span>;
  if (names.length === 0) return <span className="dim">{none}</span>;
  return (
    <>
      {names.slice(0, FEW).map((name) => (
        <span className="tag" key={name}>
          {name}
        </span>
      ))}
      {names.length > FEW && <small title={names.slice(FEW).join(", ")}>and {names.length - FEW} more</small>}
    </>
  );
}

/** By service, who listens; what listens on the loopback alone cannot be reached. */
function listeningOf({ inventory }: HostDetails): ReadonlyMap<string, ReadonlySet<string>> {
  const services = new Map<string, Set<string>>();
  for (const { service, address, unit, account } of inventory?.listening ?? []) {
    if (address.startsWith("127.") || address === "::1") continue;
    const known = services.get(service) ?? new Set();
    known.add(unit ?? `account ${account}`);
    services.set(service, known);
  }
  return services;
}
