/**
 * Connections of whom nobody knows yet who they are: they have not shown a host's certificate and opened their session. So many wait at a time; who comes beyond that takes
 * the place of the one that has waited longest, of the address that holds the most. So newcomers always get in, and whoever opens thousands pushes out his own.
 */

/** A connection, as far as it matters here. */
export interface Waiting {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  once(event: "close", told: () => void): unknown;
  destroy(): unknown;
}

export class WaitingRoom {
  readonly #most: number;
  /** Address -> port -> socket, in the order in which they came. */
  readonly #waiting = new Map<string, Map<number, Waiting>>();
  #size = 0;
  #pushedOut = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** How many had to go for others. */
  get pushedOut(): number {
    return this.#pushedOut;
  }

  /** From its connection on, before TLS. */
  enter(socket: Waiting): void {
    const { remoteAddress: address, remotePort: port } = socket;
    if (address === undefined || port === undefined) {
      socket.destroy();
      return;
    }
    this.#waiting.getOrInsertComputed(address, () => new Map()).set(port, socket);
    this.#size += 1;
    socket.once("close", () => this.leave(address, port));
    if (this.#size > this.#most) this.#pushOut();
  }

  /** It is known now who that is, or it is gone. */
  leave(address: string, port: number): void {
    const held = this.#waiting.get(address);
    if (held?.delete(port) !== true) return;
    this.#size -= 1;
    if (held.size === 0) this.#waiting.delete(address);
  }

  #pushOut(): void {
    let [address, held] = ["", new Map<number, Waiting>()];
    for (const [from, sockets] of this.#waiting)
      if (sockets.size > held.size) [address, held] = [from, sockets];
    const [oldest] = held;
    if (oldest === undefined) return;
    const [port, socket] = oldest;
    this.leave(address, port);
    this.#pushedOut += 1;
    socket.destroy();
  }
}
