/** The example of the language's own description, for stories that need one of everything. */

export const SHOP = `
segments:
  web:      { select: "app=shop, role=web" }
  db:       { select: "app=shop, role=db" }
  prod:     { select: "env=prod" }
  dev:      { select: "env in (dev, ci)", mode: observe }
  office:   { addresses: [198.51.100.0/24, "2001:db8:7::/48"] }
  payments: { names: [api.payments.example] }
services:
  https:    tcp/443
  postgres: [tcp/5432, tcp/6432-6439]
  ping:     [icmp/echo-request, icmpv6/echo-request]
rules:
  - { name: shop-front, allow: [https, ping], from: [office, any-host], to: web }
  - { name: orders,     allow: postgres, from: web, to: db, same: [env] }
  - { name: backup,     allow: tcp/22,   from: 10.9.0.5, to: db, expires: 2027-03-31T18:00:00Z }
  - { name: app-only,   allow: tcp/5433, from: { segment: web, unit: shop-api.service, user: shop }, to: { segment: db, unit: postgresql.service } }
  - { name: no-dev-into-prod, deny: all, from: dev, to: prod }
  - { name: paying,     allow: https, from: web, to: payments }
hosts:
  web-1: { addresses: [10.0.0.11], labels: { app: shop, role: web, env: prod } }
  web-2: { addresses: [10.0.0.12], labels: { app: shop, role: web, env: dev } }
  db-1:  { addresses: [10.0.0.21, "fd00::21"], labels: { app: shop, role: db, env: prod } }
  old-1: { addresses: [10.0.0.99] }
`;
