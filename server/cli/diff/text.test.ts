import { plain } from "@bulkhead/terminal/colour.ts";
import { expect, test } from "vitest";
import { diffText } from "./text.ts";

const lost = { from: "10.9.0.5", to: "db", services: ["tcp/22"] };
const gained = { from: "web", to: "db", services: ["tcp/80", "udp/53"], unit: "a.service", user: "root" };

test("what becomes possible comes first, and says which process it is about", () => {
  expect(diffText({ gained: [gained], lost: [lost] }, plain)).toBe(
    "becomes possible:\n+ web (unit a.service, user root) -> db: tcp/80, udp/53\n\nstops being possible:\n- 10.9.0.5 -> db: tcp/22\n",
  );
});

test("a section that would be empty is left out, and no difference is said", () => {
  expect(diffText({ gained: [], lost: [lost] }, plain)).toBe(
    "stops being possible:\n- 10.9.0.5 -> db: tcp/22\n",
  );
  expect(diffText({ gained: [], lost: [] }, plain)).toBe("nobody can reach more or less than before\n");
});

test("what one end may call by the same service stands together, in the order in which it came", () => {
  const ways = [
    { from: "web", to: "api", services: ["all else"] },
    { from: "web", to: "db", services: ["tcp/22"] },
    { from: "api", to: "db", services: ["all else"] },
    { from: "web", to: "backup", services: ["all else"] },
  ];
  expect(diffText({ gained: [], lost: ways }, plain)).toBe(
    "stops being possible:\n- web -> api, backup: all else\n- web -> db: tcp/22\n- api -> db: all else\n",
  );
});

test("hostile names are shown as text", () => {
  expect(diffText({ gained: [], lost: [{ ...lost, from: "\x1b[2J\n+ a" }] }, plain)).toContain(
    "- \\x1b[2J\\n+ a -> db",
  );
});
