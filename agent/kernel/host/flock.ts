/** Advisory locks on open files (flock(2)), which Node does not have. The kernel lets go of them when the last holder ends, however it ends. */

import { fcntl, flock, lastErrno } from "../netlink/libc.ts";

// <asm-generic/fcntl.h>, <asm-generic/errno-base.h>; the same on x86-64 and arm64.
const LOCK_EX = 2;
const LOCK_NB = 4;
const F_SETFD = 2;
const EINTR = 4;
const EWOULDBLOCK = 11;

/** Takes the exclusive lock on an open file; false where another holds it. Throws where the file system knows no locks. */
export function tryFlock(fd: number): boolean {
  for (;;) {
    if (flock(fd, LOCK_EX | LOCK_NB) === 0) return true;
    const errno = lastErrno();
    if (errno === EWOULDBLOCK) return false;
    if (errno !== EINTR) throw new Error(`flock failed with errno ${errno}`);
  }
}

/** Lets the programs that we start inherit the descriptor, and with it the lock, which is then held until they have ended as well. */
export function inheritable(fd: number): void {
  if (fcntl(fd, F_SETFD, "int", 0) !== 0) throw new Error(`fcntl failed with errno ${lastErrno()}`);
}
