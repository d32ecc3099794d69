import { describe, expect, test } from "vitest";
import { evaluateC, whyNoHeaders } from "../fixtures/c-compiler.ts";
import * as addressEvents from "./address-events.ts";
import * as conntrack from "./conntrack-numbers.ts";
import { HEADER, IOVEC_BYTES } from "./datagrams.ts";
import { MEMINFO_NUMBERS, SK_MEMINFO_DROPS } from "./event-source.ts";
import * as addresses from "./interface-addresses.ts";
import * as libc from "./libc.ts";
import * as messages from "./message-reader.ts";
import * as writer from "./netlink-writer.ts";
import * as nflog from "./nflog-numbers.ts";
import * as nftables from "./nftables-numbers.ts";
import * as protocols from "./protocol-numbers.ts";
import * as sockets from "./socket-diagnosis.ts";

const HEADERS = [
  "stdio.h",
  "stddef.h",
  "fcntl.h",
  "poll.h",
  "pwd.h",
  "sys/eventfd.h",
  "sys/socket.h",
  "netinet/in.h",
  "linux/netlink.h",
  "linux/rtnetlink.h",
  "linux/if_addr.h",
  "linux/sock_diag.h",
  "linux/inet_diag.h",
  "linux/netfilter.h",
  "linux/netfilter/nfnetlink.h",
  "linux/netfilter/nf_tables.h",
  "linux/netfilter/nfnetlink_conntrack.h",
  "linux/netfilter/nf_conntrack_common.h",
  "linux/netfilter/nf_conntrack_tcp.h",
  "linux/netfilter/nfnetlink_log.h",
];
const why = whyNoHeaders(HEADERS);

/** Where C has another name, or only an expression, for what we call so. */
const IN_C: Readonly<Record<string, string>> = {
  CT_STATE_ESTABLISHED: "NF_CT_STATE_BIT(IP_CT_ESTABLISHED)",
  CT_STATE_RELATED: "NF_CT_STATE_BIT(IP_CT_RELATED)",
  CT_STATE_NEW: "NF_CT_STATE_BIT(IP_CT_NEW)",
  ICMP: "IPPROTO_ICMP",
  TCP: "IPPROTO_TCP",
  UDP: "IPPROTO_UDP",
  ICMPV6: "IPPROTO_ICMPV6",
  UDPLITE: "IPPROTO_UDPLITE",
  SCTP: "IPPROTO_SCTP",
  DCCP: "IPPROTO_DCCP",
};
/** libnftnl's, which has no header here; nft itself shows it in the test of the stamp's rules. */
const NOT_IN_THE_KERNEL = ["NFTNL_UDATA_RULE_COMMENT"];

function constantsOf(module: object): readonly (readonly [string, number])[] {
  return Object.entries(module).filter(
    (entry): entry is [string, number] =>
      /^[A-Z][A-Z0-9_]+$/.test(entry[0]) &&
      typeof entry[1] === "number" &&
      !NOT_IN_THE_KERNEL.includes(entry[0]),
  );
}

const OURS = new Set(["LONGEST_ATTRIBUTE", "REQUEST_BYTES", "ANSWER_BYTES", "HEADER_BYTES"]);

describe.skipIf(why !== undefined)(
  `against the C headers${why === undefined ? "" : ` (not here: ${why})`}`,
  () => {
    test.each([
      ["nf_tables", nftables],
      ["conntrack", conntrack],
      ["netlink messages", writer],
      ["netlink answers", messages],
      ["interface addresses", addresses],
      ["address events", addressEvents],
      ["NFLOG", nflog],
      ["socket diagnosis", sockets],
      ["libc", libc],
      ["protocols", protocols],
    ])("the numbers of %s are the kernel's", (_what, module) => {
      const ours = constantsOf(module).filter(([name]) => !OURS.has(name));
      expect(ours.length).toBeGreaterThan(1);
      const theirs = evaluateC(
        HEADERS,
        ours.map(([name]) => IN_C[name] ?? name),
      );
      expect(Object.fromEntries(ours)).toEqual(
        Object.fromEntries(ours.map(([name], at) => [name, theirs[at]])),
      );
    });

    test("many datagrams are received into structures that are laid out as ours", () => {
      const sizes = evaluateC(HEADERS, [
        "sizeof(struct mmsghdr)",
        "offsetof(struct mmsghdr, msg_hdr.msg_iov)",
        "offsetof(struct mmsghdr, msg_hdr.msg_iovlen)",
        "offsetof(struct mmsghdr, msg_hdr.msg_flags)",
        "offsetof(struct mmsghdr, msg_len)",
        "sizeof(struct iovec)",
        "SK_MEMINFO_VARS",
        "SK_MEMINFO_DROPS",
      ]);
      const { bytes, iovec, iovecs, flags, length } = HEADER;
      expect(sizes).toEqual([
        bytes,
        iovec,
        iovecs,
        flags,
        length,
        IOVEC_BYTES,
        MEMINFO_NUMBERS,
        SK_MEMINFO_DROPS,
      ]);
    });

    test("the structures that come before attributes are laid out as ours", () => {
      const at = Object.entries({
        state: "idiag_state",
        sourcePort: "id.idiag_sport",
        destinationPort: "id.idiag_dport",
        source: "id.idiag_src",
        destination: "id.idiag_dst",
        uid: "idiag_uid",
        inode: "idiag_inode",
      });
      const sizes = evaluateC(HEADERS, [
        "sizeof(struct inet_diag_req_v2)",
        "sizeof(struct inet_diag_msg)",
        "sizeof(struct ifaddrmsg)",
        "offsetof(struct inet_diag_req_v2, idiag_states)",
        "offsetof(struct passwd, pw_uid)",
        "sizeof(struct nlmsghdr)",
        "sizeof(struct nfgenmsg)",
      ]);
      expect(sizes).toEqual([
        sockets.REQUEST_BYTES,
        sockets.ANSWER_BYTES,
        addresses.HEADER_BYTES,
        4,
        16,
        16,
        4,
      ]);
      const offsets = evaluateC(
        HEADERS,
        at.map(([, field]) => `offsetof(struct inet_diag_msg, ${field})`),
      );
      expect(Object.fromEntries(at.map(([name], index) => [name, offsets[index]]))).toEqual({
        ...sockets.AT,
      });
    });
  },
);
