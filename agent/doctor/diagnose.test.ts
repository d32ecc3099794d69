import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { describe, expect, test } from "vitest";
import { diagnose } from "./diagnose.ts";
import type { Picture } from "./picture.ts";
import { readRuleset } from "./ruleset-text.ts";

const RULE = { name: "orders", file: "shop.yaml", line: 3 };
const POLICY: HostPolicy = {
  formatVersion: 1,
  host: "db-1",
  addresses: ["10.0.0.21"],
  modes: { ingress: "enforce", egress: "enforce" },
  groups: { web: { kind: "hosts", segment: "web", same: {}, members: ["10.0.0.11"] } },
  rules: [
    {
      direction: "ingress",
      action: "allow",
      rule: RULE,
      service: [{ protocol: 6, low: 5432, high: 5432 }],
      local: {},
      peers: [{ kind: "group", group: "web" }],
    },
  ],
};

const CALM: Picture = {
  policy: POLICY,
  mask: 0xff000000,
  ours: "holds",
  chains: [],
  addresses: ["10.0.0.21"],
  forwarding: { ipv4: false, ipv6: false },
  listeners: [],
  conntrack: { count: 10, most: 1000, dropped: 0 },
  services: [],
  flushesAtStart: false,
  legacyTables: [],
};

/** As `nft list ruleset` prints what Docker makes through iptables-nft. */
const DOCKER = `table ip nat {
	chain DOCKER {
		iifname "docker0" counter packets 0 bytes 0 return
		iifname != "docker0" tcp dport 6379 counter packets 0 bytes 0 dnat to 172.17.0.2:6379
	}

	chain PREROUTING {
		type nat hook prerouting priority dstnat; policy accept;
		fib daddr type local counter packets 1 bytes 60 jump DOCKER
	}
}
table ip filter {
	chain FORWARD {
		type filter hook forward priority filter; policy drop;
		counter packets 0 bytes 0 jump DOCKER-USER
	}
	chain DOCKER-USER {
		counter packets 0 bytes 0 return
	}
}
`;

const FIREWALLD = `table inet firewalld {
	chain filter_INPUT {
		type filter hook input priority filter + 10; policy accept;
		ct state { established, related } accept
		jump filter_IN_public
		reject with icmpx admin-prohibited
	}

	chain filter_IN_public {
		tcp dport 22 accept
	}
}
`;

function found(more: Partial<Picture>): readonly string[] {
  return diagnose({ ...CALM, ...more }).findings.map(({ severity, code }) => `${severity} ${code}`);
}

describe("the doctor", () => {
  test("finds nothing where nothing is", () => {
    expect(found({})).toEqual([]);
  });

  test("says that Docker publishes past the input hook what the policy denies", () => {
    const chains = readRuleset(DOCKER);
    const { findings } = diagnose({ ...CALM, chains, forwarding: { ipv4: true, ipv6: false } });
    expect(findings[0]).toMatchObject({
      severity: "critical",
      what: "the policy denies tcp/6379 from any, but Docker publishes it past the input hook, to 172.17.0.2:6379",
    });
    expect(found({ chains, forwarding: { ipv4: true, ipv6: false } })).toEqual([
      "critical published-past-input",
      "info forwarding",
    ]);
  });

  test("says that another firewall may refuse what the policy allows, with its rule", () => {
    const { findings } = diagnose({ ...CALM, chains: readRuleset(FIREWALLD) });
    expect(findings).toMatchObject([
      { code: "foreign-drop", where: ["inet firewalld filter_INPUT: reject with icmpx admin-prohibited"] },
    ]);
  });

  test.each([
    ["ct mark set 0x00000001", true],
    ["ct mark set ct mark and 0x00ffffff or 0x01000000", true],
    ["ct mark set ct mark & 0xff00ffff | 0x00010000", false],
    ["ct mark set ct mark and 0xffffff00 or 0x00000001", false],
  ])("'%s' collides with our bits: %s", (rule, collides) => {
    const text = `table ip mangle {\n\tchain c {\n\t\ttype filter hook prerouting priority mangle; policy accept;\n\t\t${rule}\n\t}\n}\n`;
    expect(found({ chains: readRuleset(text) })).toEqual(collides ? ["warning mark-collision"] : []);
  });

  test("tells a router that nobody restrains from one that somebody does", () => {
    expect(found({ forwarding: { ipv4: true, ipv6: false } })).toEqual(["warning forwarding"]);
  });

  test.each([
    ["missing", "critical own-table"],
    ["changed", "critical own-table"],
    ["absent", "info nothing-enforced"],
  ] as const)("our table is %s", (ours, expected) => {
    expect(found({ ours })).toEqual([expected]);
  });

  test("a connection table that is nearly full, packets that found no place, a flush at start, the old iptables", () => {
    expect(
      found({
        conntrack: { count: 900, most: 1000, dropped: 3 },
        flushesAtStart: true,
        legacyTables: ["filter"],
        services: ["firewalld.service", "ssh.service"],
      }),
    ).toEqual([
      "warning conntrack-full",
      "warning conntrack-dropped",
      "warning flush-at-start",
      "info other-firewall",
      "info legacy-iptables",
    ]);
  });

  test("says who may reach what listens", () => {
    const listeners = [
      { protocol: 6, port: 5432, address: "", unit: "postgresql.service" },
      { protocol: 6, port: 22, address: "10.0.0.21", unit: undefined },
      { protocol: 6, port: 8125, address: "127.0.0.1", unit: undefined },
    ];
    expect(diagnose({ ...CALM, listeners }).exposure).toEqual([
      { service: "tcp/5432", address: "any", unit: "postgresql.service", from: ["web"] },
      { service: "tcp/22", address: "10.0.0.21", from: [] },
    ]);
  });
});
