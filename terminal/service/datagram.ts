/** One datagram to a unix socket, which Node itself cannot send. The numbers are Linux's on x86-64 and arm64, where they are the same. */

import koffi from "koffi";

// The C library that this process already has: a path would be another one on every distribution.
const libc = koffi.load(null);

const socket: (domain: number, type: number, protocol: number) => number =
  libc.func("int socket(int, int, int)");
const sendto: (
  fd: number,
  bytes: Uint8Array,
  length: number,
  flags: number,
  address: Uint8Array,
  addressLength: number,
) => number = libc.func("long sendto(int, const void *, size_t, int, const void *, unsigned int)");
const close: (fd: number) => number = libc.func("int close(int)");

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const MSG_NOSIGNAL = 0x4000;
/** Of sun_path (linux/un.h). */
const UNIX_PATH_BYTES = 108;

/** Sends one datagram; a path that begins with `@` is an abstract name. False where it was not taken. Never waits. */
export function sendDatagram(path: string, text: string): boolean {
  const name = Buffer.from(path.startsWith("@") ? `\0${path.slice(1)}` : path);
  if (name.length >= UNIX_PATH_BYTES) return false;
  const address = Buffer.alloc(2 + name.length + (path.startsWith("@") ? 0 : 1));
  address.writeUInt16LE(AF_UNIX, 0);
  name.copy(address, 2);
  const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return false;
  const bytes = Buffer.from(text);
  const sent = sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, address, address.length);
  close(fd);
  return sent === bytes.length;
}
