/** A descriptor by which one thread wakes another that waits for the kernel. */

import * as libc from "./libc.ts";
import { failed } from "./socket.ts";

const ONE = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);

export interface Wake extends Disposable {
  /** To wait on, and to send to the other thread, which gives it to `wake`. */
  readonly descriptor: number;
  wake(): void;
  /** Takes note of all wakings so far; until then waiting ends at once. */
  drain(): void;
}

/** A fresh one (eventfd(2)). Throws `kernel/netlink-failed` where the process has no descriptors left. */
export function createWake(): Wake {
  const descriptor = libc.eventfd(0, libc.EFD_CLOEXEC | libc.EFD_NONBLOCK);
  if (descriptor < 0) throw failed("making a descriptor to be woken by", libc.lastErrno());
  return {
    descriptor,
    wake: () => wake(descriptor),
    drain: () => drainWake(descriptor),
    [Symbol.dispose]: () => {
      libc.close(descriptor);
    },
  };
}

/** Wakes whoever waits on it; once is enough until they have drained it. From any thread of the process. */
export function wake(descriptor: number): void {
  // It fails only where nobody has drained it 2^64 times, and then they are awake.
  libc.write(descriptor, ONE, ONE.length);
}

/** What `drain` does, for the thread that was sent the descriptor. */
export function drainWake(descriptor: number): void {
  const counter = new Uint8Array(8);
  libc.read(descriptor, counter, counter.length);
}
