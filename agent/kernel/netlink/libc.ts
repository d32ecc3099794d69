/** The few calls of libc that the agent needs and Node does not offer, most of them for netlink. The numbers are Linux's on x86-64 and arm64, where they are the same. */

import koffi from "koffi";

// The C library that this process already has: a path would be another one on every distribution.
const libc = koffi.load(null);

export const socket: (domain: number, type: number, protocol: number) => number =
  libc.func("int socket(int, int, int)");
export const setsockopt: (
  fd: number,
  level: number,
  name: number,
  value: Int32Array,
  length: number,
) => number = libc.func("int setsockopt(int, int, int, const void *, unsigned int)");
export const bind: (fd: number, address: Uint8Array, length: number) => number = libc.func(
  "int bind(int, const void *, unsigned int)",
);
export const send: (fd: number, bytes: Uint8Array, length: number, flags: number) => number = libc.func(
  "long send(int, const void *, size_t, int)",
);
export const recv: (fd: number, bytes: Uint8Array, length: number, flags: number) => number = libc.func(
  "long recv(int, void *, size_t, int)",
);
/** Takes many datagrams at once; `headers` are laid out as struct mmsghdr, see datagrams.ts. The last argument is null: never waits. */
export const recvmmsg: (
  fd: number,
  headers: Uint8Array,
  count: number,
  flags: number,
  timeout: null,
) => number = libc.func("int recvmmsg(int, void *, unsigned int, int, void *)");
export const getsockopt: (
  fd: number,
  level: number,
  name: number,
  value: Uint32Array,
  length: Uint32Array,
) => number = libc.func("int getsockopt(int, int, int, void *, void *)");
export const poll: (descriptors: Int32Array, count: number, milliseconds: number) => number = libc.func(
  "int poll(void *, unsigned long, int)",
);
export const close: (fd: number) => number = libc.func("int close(int)");
export const read: (fd: number, bytes: Uint8Array, length: number) => number = libc.func(
  "long read(int, void *, size_t)",
);
export const write: (fd: number, bytes: Uint8Array, length: number) => number = libc.func(
  "long write(int, const void *, size_t)",
);
export const eventfd: (value: number, flags: number) => number = libc.func("int eventfd(unsigned int, int)");

/** Where these bytes are, for structures that hold pointers. Only for memory outside the heap (`Buffer.allocUnsafeSlow`), which stays where it is for as long as it is referred to. */
export function addressOf(bytes: Uint8Array): bigint {
  return koffi.address(bytes);
}

const memfdCreate: (name: string, flags: number) => number = libc.func("int memfd_create(str, unsigned int)");

/** A file in memory, empty, without a name that anybody else could open; -1 where there is none to be had (see `lastErrno`). */
export function memoryFile(name: string): number {
  return memfdCreate(name, MFD_CLOEXEC);
}

export const flock: (fd: number, operation: number) => number = libc.func("int flock(int, int)");
export const fcntl: (fd: number, command: number, type: "int", argument: number) => number =
  libc.func("int fcntl(int, int, ...)");

const getpwnam: (name: string) => unknown = libc.func("void *getpwnam(str)");
/** Of pw_uid in glibc's struct passwd (pwd.h): two pointers stand before it. */
const PW_UID = 16;

/** The uid of an account, by the machine's name service (LDAP, systemd and the like included); undefined where there is none. May wait for it. */
export function accountUid(name: string): number | undefined {
  const entry = getpwnam(name);
  return entry === null ? undefined : koffi.decode(entry, PW_UID, "uint32_t");
}

/** Why the last call failed. Read it at once: any later call may change it. */
export function lastErrno(): number {
  return koffi.errno();
}

export const AF_NETLINK = 16;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = 0o2000000;
export const SOCK_NONBLOCK = 0o4000;
export const SOL_SOCKET = 1;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
export const SO_MEMINFO = 55;
export const SOL_NETLINK = 270;
export const NETLINK_ADD_MEMBERSHIP = 1;
export const NETLINK_CAP_ACK = 10;
export const NETLINK_EXT_ACK = 11;
/** recv: say how long the datagram was, though the buffer was shorter. */
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
export const POLLIN = 1;
export const EFD_CLOEXEC = 0o2000000;
export const EFD_NONBLOCK = 0o4000;
const MFD_CLOEXEC = 1;
