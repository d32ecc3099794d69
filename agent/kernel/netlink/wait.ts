/** Waiting for several descriptors at once. Blocks this thread: only for one that has nothing else to do. */

import { EINTR } from "./errno.ts";
import * as libc from "./libc.ts";
import { failed } from "./socket.ts";

/** Whether one of them has something to read, or an error to tell, within these milliseconds; true as well where a signal ended the waiting. */
export function waitFor(descriptors: readonly number[], milliseconds: number): boolean {
  // struct pollfd: the descriptor, what is asked for, and what is answered in the upper half.
  const polled = new Int32Array(descriptors.length * 2);
  descriptors.forEach((descriptor, index) => {
    polled[2 * index] = descriptor;
    polled[2 * index + 1] = libc.POLLIN;
  });
  const ready = libc.poll(polled, descriptors.length, milliseconds);
  if (ready >= 0) return ready > 0;
  const errno = libc.lastErrno();
  if (errno === EINTR) return true;
  throw failed("waiting for events", errno);
}
