/** Tables as others make them, for tests that none of them is touched and that all of them go on working. */

export interface ForeignTable {
  readonly name: string;
  readonly text: string;
}

/** What Docker's iptables-nft leaves behind: NAT with its own chains, and a forward filter. */
export const DOCKER: ForeignTable = {
  name: "docker",
  text: `table ip nat {
  chain DOCKER { iifname "docker0" counter return; tcp dport 8080 counter dnat to 172.17.0.2:80; }
  chain PREROUTING { type nat hook prerouting priority dstnat; policy accept; fib daddr type local counter jump DOCKER; }
  chain POSTROUTING { type nat hook postrouting priority srcnat; policy accept; ip saddr 172.17.0.0/16 oifname != "docker0" counter masquerade; }
}
table ip filter {
  chain DOCKER-USER { counter return; }
  chain FORWARD { type filter hook forward priority filter; policy drop; counter jump DOCKER-USER; oifname "docker0" ct state established,related counter accept; }
}
`,
};

/** A firewalld of sorts: zones by verdict maps, sets, and drops of its own, among them of what we allow (udp/7777). */
export const FIREWALLD: ForeignTable = {
  name: "firewalld",
  text: `table inet firewalld {
  set banned { type ipv4_addr; flags interval; elements = { 192.0.2.0/24 }; }
  chain filter_INPUT { type filter hook input priority filter + 10; policy accept; ct state { established, related } accept; iifname "lo" accept; ip saddr @banned drop; udp dport 7777 drop; }
  chain filter_OUTPUT { type filter hook output priority filter + 10; policy accept; oifname "lo" accept; }
}
`,
};

/** Says yes to everything, before us or after us. */
export function acceptingTable(name: string, priority: string): ForeignTable {
  const chain = (hook: string) =>
    `chain ${hook} { type filter hook ${hook} priority ${priority}; policy accept; accept; }`;
  return { name, text: `table inet ${name} {\n  ${chain("input")}\n  ${chain("output")}\n}\n` };
}
