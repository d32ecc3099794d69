/** The keys of set elements as the kernel stores them. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Element, SetNode } from "@bulkhead/shared/nft/ruleset.ts";
import { writeIpv4, writeIpv6 } from "./address-bytes.ts";

/** How long a key is, and how it is written; `write` is false for an element that this type cannot hold. */
export interface KeyType {
  readonly length: number;
  readonly write: (
    element: Element,
    memory: { readonly bytes: Uint8Array; readonly view: DataView },
    at: number,
  ) => boolean;
}

const KEY_TYPES: Readonly<Partial<Record<SetNode["type"], KeyType>>> = {
  ipv4_addr: {
    length: 4,
    write: (element, { bytes }, at) => element.kind === "address" && writeIpv4(element.address, bytes, at),
  },
  ipv6_addr: {
    length: 16,
    write: (element, { bytes }, at) => element.kind === "address" && writeIpv6(element.address, bytes, at),
  },
  // Both in host byte order: the kernel compares them with numbers of its own.
  cgroupsv2: {
    length: 8,
    write: (element, { view }, at) => {
      if (element.kind !== "cgroup" || !/^\d{1,20}$/.test(element.id)) return false;
      view.setBigUint64(at, BigInt(element.id), true);
      return true;
    },
  },
  uid: {
    length: 4,
    write: (element, { view }, at) => {
      if (element.kind !== "uid") return false;
      view.setUint32(at, element.uid, true);
      return true;
    },
  },
};

/** Throws `kernel/netlink-refused` for a type that only nft can change. */
export function keyType(set: string, type: SetNode["type"]): KeyType {
  const found = KEY_TYPES[type];
  if (found !== undefined) return found;
  throw new BulkheadError(
    "kernel/netlink-refused",
    `the set ${set} of type ${type} cannot be changed over netlink`,
  );
}

/** An element as an operator reads it. */
export function elementText(element: Element): string {
  switch (element.kind) {
    case "address":
      return element.address;
    case "block":
      return element.block;
    case "cgroup":
      return `"${element.path}" (cgroup ${element.id})`;
    case "uid":
      return `uid ${element.uid}`;
    case "timer":
      return `a timer of ${element.seconds} s`;
  }
}
