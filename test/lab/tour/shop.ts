/** Who is in the shop, and what everybody there does all day. */

import type { ServiceName } from "../../estate/service.ts";

export interface Inhabitant {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly serves: readonly ServiceName[];
}

const METRICS = "tcp/9100";

export const INHABITANTS: readonly Inhabitant[] = [
  managed("web-1", 11, { role: "web", serves: ["tcp/443"] }),
  managed("web-2", 12, { role: "web", serves: ["tcp/443"] }),
  managed("api-1", 21, { role: "api", serves: ["tcp/8080"] }),
  managed("db-1", 31, { role: "db", serves: ["tcp/5432", "tcp/22"] }),
  managed("cards-1", 41, { role: "cards", serves: ["tcp/8443"] }),
  managed("backup-1", 51, { role: "backup", serves: ["tcp/22"] }),
  managed("mon-1", 61, { role: "monitoring", serves: ["tcp/3000"] }),
];

/** Who buys: many, from many networks (RFC 6598: what carriers have between them and their customers), and on one machine here. */
export const CUSTOMERS = "customers";
export const CUSTOMER_ADDRESSES: readonly string[] = Array.from(
  { length: 48 },
  (_, at) => `100.${64 + (at % 12)}.${at}.7`,
);

/** What somebody does again and again. */
export interface Habit {
  readonly from: string;
  /** The systemd unit that does it, where the machine has any. */
  readonly unit?: string;
  readonly to: readonly string[];
  readonly service: ServiceName;
  /** Milliseconds from one time to the next. */
  readonly every: number;
}

const WEB = ["web-1", "web-2"];

export const HABITS: readonly Habit[] = [
  ...WEB.map((from): Habit => ({ from, to: ["api-1"], service: "tcp/8080", every: 900 })),
  { from: "api-1", unit: "shop.service", to: ["db-1"], service: "tcp/5432", every: 1_100 },
  { from: "api-1", unit: "shop.service", to: ["cards-1"], service: "tcp/8443", every: 2_300 },
  { from: "backup-1", unit: "backup.service", to: ["db-1"], service: "tcp/22", every: 3_100 },
  {
    from: "mon-1",
    to: INHABITANTS.map(({ name }) => name).filter((name) => name !== "mon-1"),
    service: METRICS,
    every: 3_700,
  },
  { from: CUSTOMERS, to: WEB, service: "tcp/443", every: 700 },
];

/** Somebody has got onto a web server. */
export const INTRUDER = {
  on: "web-2",
  /** The session that he has open, which no other web server has. */
  to: "db-1",
  service: "tcp/5432",
  /** Whom he searches for open ports. */
  scans: ["cards-1", "backup-1"],
  ports: [
    21, 22, 23, 25, 80, 110, 139, 143, 389, 445, 1433, 3306, 3389, 5900, 6379, 8080, 8443, 9200, 11211, 27017,
  ],
} as const;

function managed(
  name: string,
  last: number,
  { role, serves }: { readonly role: string; readonly serves: readonly ServiceName[] },
): Inhabitant {
  const addresses = [`10.8.0.${last}`, `fd08::${last}`];
  return { name, addresses, labels: { role }, serves: [...serves, METRICS] };
}
