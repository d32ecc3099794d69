/** What the machine db-1 serves, and the policy that says who may ask. */

/** As early as our own boot service: before there is a network. */
const EARLY = "DefaultDependencies=no\nBefore=network-pre.target\nWants=network-pre.target\n";

const service = (socat: string) => `[Service]\nExecStart=/usr/bin/socat ${socat}\n`;

/** systemd's files, by name. */
export const SERVICES: Readonly<Record<string, string>> = {
  // Allowed, and listening before the network is up: whoever may ask is never refused for want of a listener.
  "orders.service": `[Unit]\n${EARLY}${service("TCP6-LISTEN:5432,ipv6only=0,fork,reuseaddr,backlog=64 PIPE")}ExecStartPost=/bin/sh -c 'until ss -Hltn sport = 5432 | grep -q .; do :; done'\n[Install]\nWantedBy=sysinit.target\n`,
  // Allowed to one unit only, whoever else listens there.
  "report.service": `${service("TCP6-LISTEN:7000,ipv6only=0,fork,reuseaddr PIPE")}[Install]\nWantedBy=multi-user.target\n`,
  "other.service": `${service("TCP6-LISTEN:7001,ipv6only=0,fork,reuseaddr PIPE")}[Install]\nWantedBy=multi-user.target\n`,
};

/** Those that start with the machine. */
export const STARTED = ["orders.service", "report.service", "other.service"] as const;

/** `note` makes another version of it, with the same verdicts. */
export function policyText(note: string): string {
  return `
segments:
  web: { addresses: [10.0.0.11, "fd00::11"] }
  db: { select: role=db }
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db, note: ${note} }
  - { name: report, allow: tcp/7000-7001, from: web, to: { segment: db, unit: report.service } }
`;
}
