/** The service of a record as a policy would name it, and what people call it. */

import { icmpTypeName } from "../net/icmp-types.ts";
import { formatService, PROTOCOLS, parseServiceExpression, type Service } from "../net/service.ts";
import type { FlowRecord } from "./record.ts";

const ICMP: Readonly<Record<number, "icmp" | "icmpv6">> = {
  [PROTOCOLS.icmp]: "icmp",
  [PROTOCOLS.icmpv6]: "icmpv6",
};

/** `tcp/5432`, `icmp/echo-request`, `proto/47`: an expression of the policy language that holds the record's service. */
export function serviceExpression({ protocol, service }: Pick<FlowRecord, "protocol" | "service">): string {
  const icmp = ICMP[protocol];
  if (icmp !== undefined) {
    const type = icmpTypeName(icmp, service >> 8);
    // A type that has no name can only be said with all the others.
    return type === undefined ? icmp : `${icmp}/${type}`;
  }
  return formatService([{ protocol, low: service, high: service }])[0] ?? `proto/${protocol}`;
}

/** What such an expression holds. */
export function serviceOfExpression(expression: string): Service {
  const service = parseServiceExpression(expression);
  return typeof service === "object" && "problem" in service ? [] : service;
}

/** From IANA's registry of service names (RFC 6335), and by wide use. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  "tcp/22": "ssh",
  "tcp/25": "smtp",
  "tcp/53": "dns",
  "udp/53": "dns",
  "tcp/80": "http",
  "tcp/88": "kerberos",
  "udp/88": "kerberos",
  "udp/123": "ntp",
  "udp/161": "snmp",
  "tcp/389": "ldap",
  "tcp/443": "https",
  "udp/443": "quic",
  "udp/514": "syslog",
  "tcp/514": "syslog",
  "tcp/587": "submission",
  "tcp/636": "ldaps",
  "tcp/873": "rsync",
  "tcp/1433": "mssql",
  "tcp/2049": "nfs",
  "tcp/2379": "etcd",
  "tcp/3306": "mysql",
  "tcp/3389": "rdp",
  "tcp/5432": "postgres",
  "tcp/5672": "amqp",
  "tcp/6379": "redis",
  "tcp/6432": "pgbouncer",
  "tcp/8125": "statsd",
  "udp/8125": "statsd",
  "tcp/9090": "prometheus",
  "tcp/9092": "kafka",
  "tcp/9100": "node-exporter",
  "tcp/9200": "elasticsearch",
  "tcp/11211": "memcached",
  "tcp/27017": "mongodb",
};

/** What people call an expression; undefined where nobody calls it anything. */
export function familiarName(expression: string): string | undefined {
  return WELL_KNOWN[expression];
}
