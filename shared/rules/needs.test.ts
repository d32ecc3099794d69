import { expect, test } from "vitest";
import { factsNeeded } from "./needs.ts";
import { resolved } from "./testing/policies.ts";
import { SHOP } from "./testing/shop.ts";

test("what is needed is sorted, each once", () => {
  const rules = ["b.service", "a.service", "b.service"].map(
    (unit, at) => `  - { allow: tcp/${at + 1}, from: { segment: web, unit: ${unit} }, to: any }\n`,
  );
  const shop = resolved(
    SHOP.replace("rules:\n", `rules:\n${rules.join("")}`).replace("[api.pay", "[z.example, api.pay"),
  );
  expect(factsNeeded(shop.hostPolicy("web-1"))).toEqual({
    names: ["api.payments.example", "z.example"],
    units: ["a.service", "b.service", "shop-api.service"],
    users: ["shop"],
  });
});

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
