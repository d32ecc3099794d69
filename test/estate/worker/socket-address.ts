/** Addresses as C and the wire have them. */

export type Family = 4 | 6;

const AF_INET = 2;
const AF_INET6 = 10;

/** A struct sockaddr_in or sockaddr_in6 with port 0. A link-local address bears its interface's number: `fe80::1%2`. */
export function socketAddress(address: string): Buffer {
  const isSix = address.includes(":");
  const bytes = Buffer.alloc(isSix ? 28 : 16);
  const [plain = "", scope = "0"] = address.split("%");
  bytes.writeUInt16LE(isSix ? AF_INET6 : AF_INET, 0);
  addressBytes(plain).copy(bytes, isSix ? 8 : 4);
  if (isSix) bytes.writeUInt32LE(Number(scope), 24);
  return bytes;
}

/** The 4 or 16 bytes of an address in network order; IPv6 may end in dotted decimal. */
export function addressBytes(address: string): Buffer {
  if (!address.includes(":")) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail = ""] = address.split("::");
  const [before, after] = [groupBytes(head), groupBytes(tail)];
  return Buffer.concat([before, Buffer.alloc(16 - before.length - after.length), after]);
}

function groupBytes(groups: string): Buffer {
  const bytes = groups.split(":").flatMap((group) => {
    if (group === "") return [];
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
  return Buffer.from(bytes);
}
