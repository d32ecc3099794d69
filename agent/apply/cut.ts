/** Which live connections a change of policy would cut, and by what rule. */

import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { judge } from "@bulkhead/shared/rules/judge.ts";
import type { Judgement } from "@bulkhead/shared/rules/judgement.ts";
import type { Connection } from "./connections.ts";

/** A policy as a host knows it: with what its names stand for. */
export interface Known {
  readonly policy: HostPolicy;
  readonly facts: HostFacts;
}

/** A connection that loses its permission, and what takes it away. */
export interface Cut {
  readonly connection: Connection;
  readonly judgement: Judgement;
}

export interface Change {
  /** Undefined where nothing was enforced. */
  readonly from: Known | undefined;
  readonly to: Known;
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly now: number;
}

/** The connections that may go on under `from` and not under `to`. */
export function connectionsCut(
  connections: readonly Connection[],
  { from, to, now }: Change,
): readonly Cut[] {
  const before = from === undefined ? undefined : judgeFor(from, now);
  const after = judgeFor(to, now);
  return connections.flatMap((connection) => {
    const judgement = after(connection);
    if (judgement.verdict !== "deny" || before?.(connection).verdict === "deny") return [];
    return [{ connection, judgement }];
  });
}

function judgeFor({ policy, facts }: Known, now: number): (connection: Connection) => Judgement {
  const names = namesByAddress(facts);
  const users = new Map(Object.entries(facts.users).map(([user, uid]) => [uid, user]));
  const units = new Map(
    Object.entries(facts.units).flatMap(([unit, cgroups]) => cgroups.map(({ id }) => [id, unit] as const)),
  );
  return (connection) => {
    const { direction, source, destination, protocol, sourcePort, service, socket } = connection;
    const unit = socket?.cgroupId === undefined ? undefined : units.get(socket.cgroupId);
    const user = socket === undefined ? undefined : users.get(socket.uid);
    const peerNames = names.get(direction === "egress" ? destination : source);
    return judge(policy, {
      direction,
      source,
      destination,
      protocol,
      sourcePort,
      number: service,
      now,
      ...(unit !== undefined && { unit }),
      ...(user !== undefined && { user }),
      ...(peerNames !== undefined && { peerNames }),
    });
  };
}

function namesByAddress({ names }: HostFacts): ReadonlyMap<string, readonly string[]> {
  const byAddress = new Map<string, string[]>();
  for (const [name, addresses] of Object.entries(names))
    for (const address of addresses) byAddress.getOrInsertComputed(address, () => []).push(name);
  return byAddress;
}
