import { expect, test } from "vitest";
import { factsNeeded } from "./needs.ts";
import { resolved } from "./testing/policies.ts";
import { SHOP } from "./testing/shop.ts";

test("a host needs to know the names, units and accounts that its own rules ask for, and no others", () => {
  const shop = resolved(SHOP);
  expect(factsNeeded(shop.hostPolicy("web-1"))).toEqual({
    names: ["api.payments.example"],
    units: ["shop-api.service"],
    users: ["shop"],
  });
  expect(factsNeeded(shop.hostPolicy("db-1"))).toEqual({
    names: [],
    units: ["postgresql.service"],
    users: [],
  });
});
