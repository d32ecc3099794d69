/** What the table in the kernel is made of. Each is tried by a tiny ruleset that nft and the kernel check and do not commit. */

export interface Feature {
  /** In words of an operator. */
  readonly name: string;
  /** Since when, and which module: what to look for on a kernel that lacks it. */
  readonly origin: string;
  /** Whether every policy needs it; otherwise only those that use what the name says. */
  readonly needed: "always" | "sometimes";
  /** The body of a table in nft's language. */
  readonly body: string;
}

export const FEATURES: readonly Feature[] = [
  always("connection states (ct state)", "CONFIG_NFT_CT, module nft_ct", "ct state established,new"),
  always(
    "conntrack marks (ct mark)",
    "CONFIG_NF_CONNTRACK_MARK",
    "ct mark set ct mark & 0x00ffffff | 0x01000000",
  ),
  always(
    "a flow's original addresses (ct original)",
    "Linux 4.17, module nft_ct",
    "ct original ip saddr 192.0.2.1",
  ),
  always("interface types (meta iiftype)", "nf_tables", "meta iiftype loopback"),
  always(
    "rejecting (reject)",
    "CONFIG_NFT_REJECT_INET, module nft_reject_inet",
    "reject with icmpx admin-prohibited",
  ),
  always("rate limits (limit)", "CONFIG_NFT_LIMIT, module nft_limit", "limit rate 5/second burst 10 packets"),
  always("counters", "nf_tables", "counter"),
  {
    name: "set elements that time out",
    origin: "nf_tables",
    needed: "always",
    body: "set probe { type mark; flags timeout; elements = { 0x0 timeout 60s }; }",
  },
  {
    name: "sets of address ranges",
    origin: "nf_tables",
    needed: "always",
    body: "set probe { type ipv6_addr; flags interval; elements = { 2001:db8::/48 }; }",
  },
  {
    name: "verdict maps of port ranges",
    origin: "nf_tables",
    needed: "always",
    body: "chain target { }\nchain probe { meta l4proto tcp ct original proto-dst vmap { 6432-6439 : jump target }; }",
  },
  sometimes("kernel log (log)", "CONFIG_NFT_LOG, module nft_log", 'log prefix "bulkhead"'),
  sometimes(
    "the log to programs (log group)",
    "CONFIG_NETFILTER_NETLINK_LOG, module nfnetlink_log",
    "log group 1",
  ),
  sometimes(
    "rules that expire (meta time)",
    "Linux 5.4, module nft_meta",
    'meta time < "2037-01-01 00:00:00"',
  ),
  sometimes("rules for an account (meta skuid)", "nf_tables", "meta skuid 0"),
  {
    name: "rules for a systemd unit (socket cgroupv2)",
    origin: "Linux 5.13, CONFIG_NFT_SOCKET and CONFIG_CGROUPS, module nft_socket",
    needed: "sometimes",
    body: "set probe { type cgroupsv2; }\nchain probe { socket cgroupv2 level 1 @probe; }",
  },
];

/** A ruleset that needs all of these, in a table of its own that is never committed. */
export function probeText(features: readonly Feature[]): string {
  return features.map(({ body }, at) => `table inet bulkhead_probe_${at} {\n${body}\n}\n`).join("");
}

function always(name: string, origin: string, rule: string): Feature {
  return { name, origin, needed: "always", body: `chain probe { ${rule}; }` };
}

function sometimes(name: string, origin: string, rule: string): Feature {
  return { ...always(name, origin, rule), needed: "sometimes" };
}
