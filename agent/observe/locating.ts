/** Where a connection lies as this host sees it, which way round it began, and whose it is here. */

import type { ConnectionEvent } from "../kernel/events.ts";
import type { SocketEnds } from "../kernel/kernel.ts";
import { type FlowPlace, placeOf } from "./flow-place.ts";
import type { LocatedFlow } from "./open-connections.ts";
import { type Attribution, NOBODY, type Owners } from "./owners.ts";

const TCP = 6;
const UDP = 17;

/** A flow with its place. */
export interface PlacedFlow extends FlowPlace {
  readonly protocol: number;
  readonly service: number;
  readonly sourcePort: number;
}

export class Locating {
  readonly #owners: Owners;
  #own: ReadonlySet<string>;
  #unattributed = 0;

  /** @param own this host's addresses. */
  constructor(owners: Owners, own: ReadonlySet<string>) {
    this.#owners = owners;
    this.#own = own;
  }

  /** Connections of TCP and UDP of which nobody knew whose they are, so far. */
  get unattributed(): number {
    return this.#unattributed;
  }

  takeAddresses(addresses: ReadonlySet<string>): void {
    this.#own = addresses;
  }

  /** Undefined for a connection that is not this host's. */
  readonly locate = ({ flow, replySource, pickedUp }: ConnectionEvent): LocatedFlow | undefined => {
    const place = placeOf({ flow, replySource }, this.#own);
    if (place === undefined) return undefined;
    const { protocol, service, sourcePort, destination } = flow;
    const isTranslated =
      place.direction === "ingress" && replySource !== destination && this.#own.has(replySource);
    const placed = { ...place, protocol, service, sourcePort };
    if (pickedUp && !isTranslated && this.#isReversed(placed)) return this.#attributed(reversed(placed));
    return this.#attributed(placed, isTranslated ? replySource : place.local);
  };

  /** @param at the address that the socket has here. */
  #attributed({ protocol, service, sourcePort, ...place }: PlacedFlow, at = place.local): LocatedFlow {
    const attribution = this.ownerOf({ ...place, local: at, protocol, service, sourcePort });
    if (attribution === NOBODY && (protocol === TCP || protocol === UDP)) this.#unattributed++;
    return { flow: { place, protocol, service, sourcePort, owner: attribution.owner }, attribution };
  }

  ownerOf({ direction, local, remote, protocol, service, sourcePort }: PlacedFlow): Attribution {
    if (protocol !== TCP && protocol !== UDP) return NOBODY;
    if (direction === "ingress") return this.#owners.ofListener(protocol, local, service);
    return this.#owners.ofConnection(endsOf(local, sourcePort, remote, service, protocol));
  }

  /**
   * Conntrack takes a connection that it did not see begin for one that began with the packet that it saw first: a server that speaks looks like a caller. The sockets know better: a port that
   * somebody listens on was called.
   */
  #isReversed({ direction, protocol, local, remote, service, sourcePort }: PlacedFlow): boolean {
    const isListener = (port: number) => this.#owners.ofListener(protocol, local, port) !== NOBODY;
    if (direction === "egress") return isListener(sourcePort);
    const ends = endsOf(local, service, remote, sourcePort, protocol);
    return !isListener(service) && this.#owners.ofConnection(ends) !== NOBODY;
  }
}

function reversed({ direction, service, sourcePort, ...flow }: PlacedFlow): PlacedFlow {
  return {
    ...flow,
    direction: direction === "ingress" ? "egress" : "ingress",
    ...{ service: sourcePort, sourcePort: service },
  };
}

function endsOf(
  localAddress: string,
  localPort: number,
  remoteAddress: string,
  remotePort: number,
  protocol: number,
): SocketEnds {
  return { protocol, localAddress, localPort, remoteAddress, remotePort };
}
