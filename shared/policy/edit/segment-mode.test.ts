import { expect, test } from "vitest";
import type { Modes } from "../policy.ts";
import { withSegmentMode } from "./segment-mode.ts";

const RULES = "rules:\n  - { name: a, allow: tcp/1, from: web, to: web }  # keep\n";

/** The text afterwards, or the problem. */
function edited(text: string, wanted: Partial<Modes>, name = "p.yaml", segment = "web"): string {
  const other = { name: "rules.yaml", text: RULES };
  const result = withSegmentMode([{ name, text }, other], segment, wanted);
  if ("problem" in result) return result.problem;
  if ("same" in result) return "the same";
  expect(result.files[1]).toBe(other);
  return result.files[0]?.text ?? "";
}
const BOTH = { ingress: "enforce", egress: "enforce" } as const;

test.each([
  [
    "in a flow map",
    "segments:\n  web: { select: 'role=web' } # c\n",
    "  web: { select: 'role=web', mode: enforce } # c\n",
  ],
  [
    "in a block map",
    "segments:\n  web:\n    # c\n    select: role=web # d\n  # e\n",
    "    select: role=web # d\n    mode: enforce\n  # e\n",
  ],
  [
    "at the end of a file without a last newline",
    "segments:\n  web:\n    select: role=web",
    "    select: role=web\n    mode: enforce",
  ],
  [
    "with the other system's newlines",
    "segments:\r\n  web:\r\n    select: role=web\r\n",
    "    select: role=web\r\n    mode: enforce\r\n",
  ],
  [
    "behind a block scalar",
    "segments:\n  web:\n    select: >-\n      role=web\n",
    "    mode: enforce\n    select: >-\n      role=web\n",
  ],
  [
    "where one stands already",
    "segments: { web: { mode: observe, select: role=web } }",
    "{ mode: enforce, select: role=web }",
  ],
  ["quoted", 'segments:\n  web: { select: role=web, mode: "observe" }\n', "mode: enforce }"],
])("a mode %s", (_where, text, part) => {
  expect(edited(text, BOTH)).toContain(part);
  expect(edited(edited(text, BOTH), BOTH)).toBe("the same");
});

test("one direction leaves the other as it is, in each way to write it", () => {
  const flow = (mode: string) => `segments:\n  web: { select: role=web${mode} }\n`;
  const ingress = { ingress: "enforce" } as const;
  expect(edited(flow(""), ingress)).toContain("mode: { ingress: enforce } }");
  expect(edited(flow(", mode: observe"), ingress)).toContain("mode: { ingress: enforce, egress: observe } }");
  expect(edited(flow(", mode: { egress: off }"), ingress)).toContain(
    "mode: { egress: off, ingress: enforce } }",
  );
  const block =
    "segments:\n  web:\n    mode:\n      ingress: off # why\n      egress: off\n    select: role=web\n";
  expect(edited(block, ingress)).toBe(block.replace("ingress: off", "ingress: enforce"));
  const half = "segments:\n  web:\n    mode:\n      egress: off # why\n    select: role=web\n";
  expect(edited(half, ingress)).toBe(half.replace("# why", "# why\n      ingress: enforce"));
});

test("JSON stays JSON", () => {
  const text = '{ "segments": { "web": { "select": "role=web" } } }';
  expect(JSON.parse(edited(text, { ingress: "observe" }, "p.json"))).toEqual({
    segments: { web: { select: "role=web", mode: { ingress: "observe" } } },
  });
});

test("what has no mode, is not there, or would change others as well is refused in words", () => {
  const other = "segments:\n  web: { select: role=web }\n  out: { addresses: [192.0.2.0/24] }\n";
  expect(edited(other, BOTH, "p.yaml", "out")).toContain("'out' is a segment of addresses");
  expect(edited(other, BOTH, "p.yaml", "wep")).toBe("there is no segment 'wep'; did you mean 'web'?");
  const anchored =
    "segments:\n  web: { select: role=web, mode: &m observe }\n  db: { select: role=db, mode: *m }\n";
  expect(edited(anchored, BOTH)).toContain("cannot be changed by itself");
  expect(edited(anchored, BOTH, "p.yaml", "db")).toContain("cannot be changed by itself");
});
