/** Our own table, connection tracking, and who else looks after firewalls here. */

import type { Finding } from "./finding.ts";
import type { Picture } from "./picture.ts";

export function surroundings(picture: Picture): readonly Finding[] {
  return [...ownTable(picture), ...pressure(picture), ...others(picture), ...legacy(picture)];
}

function ownTable({ ours, policy }: Picture): readonly Finding[] {
  if (ours === "holds") return [];
  if (ours === "absent")
    return [
      {
        code: "nothing-enforced",
        severity: "info",
        what: "no policy is applied on this host",
        where: [],
        remedy: "Run `bulkhead-agent run --policy PATH`, or `apply` one.",
      },
    ];
  const words = {
    missing: "the kernel has no table inet bulkhead: nothing is enforced",
    changed: "somebody has changed our table since it was loaded",
    unknown: "the kernel holds a table of ours that the state does not know",
    unread: "the kernel could not be asked for our table",
  }[ours];
  return [
    {
      code: "own-table",
      severity: policy === undefined && ours === "unknown" ? "warning" : "critical",
      what: words,
      where: [],
      remedy:
        "`bulkhead-agent status` shows what differs; applying again mends it, and the daemon does so by itself.",
    },
  ];
}

const FULL = 0.8;

function pressure({ conntrack }: Picture): readonly Finding[] {
  if (conntrack === undefined) return [];
  const { count, most, dropped } = conntrack;
  const findings: Finding[] = [];
  if (count >= FULL * most)
    findings.push({
      code: "conntrack-full",
      severity: "warning",
      what: `the connection table holds ${count} of ${most} entries: when it is full, new connections are dropped`,
      where: [],
      remedy: "Raise net.netfilter.nf_conntrack_max, or find out who opens so many (`bulkhead-agent flows`).",
    });
  if (dropped > 0)
    findings.push({
      code: "conntrack-dropped",
      severity: "warning",
      what: `${dropped} packets found no place in the connection table since the machine started`,
      where: [],
      remedy: "Raise net.netfilter.nf_conntrack_max.",
    });
  return findings;
}

const FIREWALLS = [
  "firewalld.service",
  "ufw.service",
  "iptables.service",
  "netfilter-persistent.service",
  "shorewall.service",
];

function others({ services, flushesAtStart }: Picture): readonly Finding[] {
  const running = services.filter((service) => FIREWALLS.includes(service));
  const findings: Finding[] = running.map((service) => ({
    code: "other-firewall",
    severity: "info",
    what: `${service} looks after a firewall here as well: a packet has to please both`,
    where: [],
    remedy: "Keep one of them, or allow in it what the policy allows.",
  }));
  if (flushesAtStart)
    findings.push({
      code: "flush-at-start",
      severity: "warning",
      what: "nftables.service is enabled, and /etc/nftables.conf flushes everybody's tables: its restart takes ours away until the daemon has mended it",
      where: ["/etc/nftables.conf: flush ruleset"],
      remedy: "Replace `flush ruleset` by deleting that file's own tables.",
    });
  return findings;
}

function legacy({ legacyTables }: Picture): readonly Finding[] {
  if (legacyTables.length === 0) return [];
  return [
    {
      code: "legacy-iptables",
      severity: "info",
      what: "the old iptables has tables here, which nft does not show",
      where: legacyTables.map((name) => `iptables-legacy -t ${name} -S`),
      remedy:
        "Look at them by hand: they may drop what the policy allows, or translate ports before it is asked.",
    },
  ];
}
