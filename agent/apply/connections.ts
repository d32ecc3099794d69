/** What this host is talking about right now, from conntrack and from its sockets. */

import { PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { ConntrackEntry, Socket, Tuple } from "../kernel/kernel.ts";

/** A flow with one end on this host. Source and destination are those of its first packet. */
export interface Connection extends Tuple {
  readonly direction: Direction;
  /** Whether conntrack has an entry that says who began; else the sockets do. */
  readonly tracked: boolean;
  /** This host's end of it, where a socket can be told. */
  readonly socket?: Socket;
}

export interface Observation {
  readonly entries: readonly ConntrackEntry[];
  readonly sockets: readonly Socket[];
  /** This host's own addresses. */
  readonly addresses: readonly string[];
}

/**
 * Every flow between this host and another one. A TCP connection counts if it has a socket (conntrack remembers the dead for minutes); all else counts while conntrack knows it.
 * What is forwarded, and what the host says to itself, is not ours to judge.
 */
export function liveConnections(observation: Observation): readonly Connection[] {
  const entries = new Map(observation.entries.map((entry) => [keyOf(entry), entry]));
  const local = new Set(observation.addresses);
  const tcp = observation.sockets
    .filter((socket) => socket.protocol === PROTOCOLS.tcp && hasForeignPeer(socket, local))
    .map((socket) => connectionOf(socket, observation.sockets, entries));
  const bound = boundSockets(observation.sockets);
  const others = observation.entries
    .filter(({ protocol }) => protocol !== PROTOCOLS.tcp)
    .flatMap((entry) => {
      const direction = directionOf(entry, local);
      return direction === undefined
        ? []
        : [withSocket({ ...tupleOf(entry), direction, tracked: true }, bound)];
    });
  return [...tcp, ...others];
}

/** The flow's direction here; undefined where neither end, or each, is this host. */
function directionOf({ source, destination }: Tuple, local: ReadonlySet<string>): Direction | undefined {
  const from = isHere(source, local);
  if (from === isHere(destination, local)) return undefined;
  return from ? "egress" : "ingress";
}

function isHere(address: string, local: ReadonlySet<string>): boolean {
  return local.has(address) || address.startsWith("127.") || address === "::1";
}

function hasForeignPeer({ state, remoteAddress }: Socket, local: ReadonlySet<string>): boolean {
  return (
    state !== "listening" && state !== "unconnected" && remoteAddress !== "" && !isHere(remoteAddress, local)
  );
}

/** A connected socket as a flow: conntrack knows who began, and where it only guesses, a port that somebody listens on was called. */
function connectionOf(
  socket: Socket,
  sockets: readonly Socket[],
  entries: ReadonlyMap<string, ConntrackEntry>,
): Connection {
  const called = oriented(socket, "ingress");
  const calling = oriented(socket, "egress");
  if (knowsBeginning(entries.get(keyOf(called))))
    return { ...called, direction: "ingress", tracked: true, socket };
  if (knowsBeginning(entries.get(keyOf(calling))))
    return { ...calling, direction: "egress", tracked: true, socket };
  const direction = isListenedOn(socket, sockets) ? "ingress" : "egress";
  return { ...oriented(socket, direction), direction, tracked: false, socket };
}

/** An entry that began in mid-stream and that nobody has judged yet may have either direction. */
function knowsBeginning(entry: ConntrackEntry | undefined): boolean {
  return entry !== undefined && !(entry.pickedUp && entry.mark === 0);
}

/** The tuple of a connected socket's flow, had it begun in this direction. */
export function oriented(socket: Socket, direction: Direction): Tuple {
  const { protocol, localAddress, localPort, remoteAddress, remotePort } = socket;
  return direction === "egress"
    ? {
        protocol,
        source: localAddress,
        sourcePort: localPort,
        destination: remoteAddress,
        service: remotePort,
      }
    : {
        protocol,
        source: remoteAddress,
        sourcePort: remotePort,
        destination: localAddress,
        service: localPort,
      };
}

/** Whether a socket of this host waits for callers on the port of this connected one. */
export function isListenedOn({ protocol, localPort }: Socket, sockets: readonly Socket[]): boolean {
  const waiting = protocol === PROTOCOLS.tcp ? "listening" : "unconnected";
  return sockets.some(
    (one) => one.protocol === protocol && one.localPort === localPort && one.state === waiting,
  );
}

function tupleOf({ source, destination, protocol, sourcePort, service }: Tuple): Tuple {
  return { source, destination, protocol, sourcePort, service };
}

/** Equal for equal tuples. */
export function keyOf({ source, destination, protocol, sourcePort, service }: Tuple): string {
  return `${protocol} ${source} ${sourcePort} ${destination} ${service}`;
}

/** The same packets seen from the other end. */
export function reversed({ source, destination, protocol, sourcePort, service }: Tuple): Tuple {
  return { source: destination, destination: source, protocol, sourcePort: service, service: sourcePort };
}

/** Sockets by protocol and local port. */
function boundSockets(sockets: readonly Socket[]): ReadonlyMap<string, readonly Socket[]> {
  return Map.groupBy(sockets, ({ protocol, localPort }) => `${protocol} ${localPort}`);
}

function withSocket(connection: Connection, bound: ReadonlyMap<string, readonly Socket[]>): Connection {
  const { direction, protocol, sourcePort, service, source, destination } = connection;
  const port = direction === "egress" ? sourcePort : service;
  const peer = direction === "egress" ? destination : source;
  const candidates = bound.get(`${protocol} ${port}`) ?? [];
  const socket =
    candidates.find(({ remoteAddress }) => remoteAddress === peer) ??
    candidates.find(({ remoteAddress }) => remoteAddress === "");
  return socket === undefined ? connection : { ...connection, socket };
}
