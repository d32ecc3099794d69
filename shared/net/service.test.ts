import { execFileSync } from "node:child_process";
import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { ICMP_TYPES, type IcmpProtocol } from "./icmp-types.ts";
import {
  formatService,
  intersectServices,
  isEmptyService,
  parseServiceExpression,
  type Service,
  serviceHas,
  subtractServices,
  unionServices,
} from "./service.ts";

/** The service of an expression that is known to be right. */
function service(text: string): Service {
  const parsed = parseServiceExpression(text);
  if (parsed !== "all" && "kind" in parsed) throw new Error(parsed.problem);
  return parsed;
}

const port = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 65530, max: 65535 }));
const expression = fc.oneof(
  fc
    .tuple(fc.constantFrom("tcp", "udp", "sctp"), port, port)
    .map(([protocol, a, b]) => `${protocol}/${Math.min(a, b)}-${Math.max(a, b)}`),
  fc.constantFrom("tcp/*", "icmp", "icmpv6", "all", "proto/0", "proto/6", "proto/47", "proto/255"),
  fc
    .constantFrom<IcmpProtocol>("icmp", "icmpv6")
    .chain((protocol) =>
      fc.constantFrom(...ICMP_TYPES[protocol].keys()).map((type) => `${protocol}/${type}`),
    ),
);
const anyService = fc
  .array(expression, { maxLength: 5 })
  .map((texts) => unionServices([], ...texts.map(service)));
const flow = fc.tuple(
  fc.constantFrom(6, 17, 132, 1, 58, 0, 47, 255),
  fc.oneof(fc.nat(9), fc.integer({ min: 65529, max: 65535 }), fc.nat(65535)),
);

property.prop([anyService, anyService, flow])(
  "union, intersection and difference are or, and, and-not",
  (a, b, [protocol, number]) => {
    const has = (some: Service) => serviceHas(some, protocol, number);
    expect(has(unionServices(a, b))).toBe(has(a) || has(b));
    expect(has(intersectServices(a, b))).toBe(has(a) && has(b));
    expect(has(subtractServices(a, b))).toBe(has(a) && !has(b));
  },
);

property.prop([anyService, anyService])(
  "equal services are written equally, however they were made",
  (a, b) => {
    expect(unionServices(a, b)).toEqual(unionServices(b, a));
    expect(unionServices(subtractServices(a, b), intersectServices(a, b))).toEqual(unionServices(a));
    expect(isEmptyService(subtractServices(a, a))).toBe(true);
    expect(subtractServices("all", subtractServices("all", a))).toEqual(unionServices(a));
  },
);

property.prop([anyService])(
  "the parts that a service is written in are read back as the same service",
  (some) => {
    expect(unionServices(...formatService(some).map(service))).toEqual(unionServices(some));
  },
);

test.each([
  ["tcp/443", [{ protocol: 6, low: 443, high: 443 }]],
  ["udp/1-65535", [{ protocol: 17, low: 1, high: 65535 }]],
  ["tcp/0-1023", [{ protocol: 6, low: 0, high: 1023 }]],
  ["sctp/*", [{ protocol: 132, low: 0, high: 65535 }]],
  ["icmp", [{ protocol: 1, low: 0, high: 65535 }]],
  ["icmp/echo-request", [{ protocol: 1, low: 2048, high: 2303 }]],
  ["icmpv6/echo-request", [{ protocol: 58, low: 32768, high: 33023 }]],
  ["proto/47", [{ protocol: 47, low: 0, high: 65535 }]],
  ["proto/6", [{ protocol: 6, low: 0, high: 65535 }]],
])("%s is read", (text, terms) => {
  expect(parseServiceExpression(text)).toEqual(terms);
});

test("all is everything", () => {
  expect(parseServiceExpression("all")).toBe("all");
  expect(unionServices("all", service("tcp/1"))).toBe("all");
});

test.each([
  ["tcp", "syntax", "'tcp' says no port, expected tcp/PORT, tcp/LOW-HIGH or tcp/*"],
  ["tcp/", "port", "'tcp/' has the port '', expected tcp/PORT, tcp/LOW-HIGH or tcp/*"],
  ["tcp/http", "port", "'tcp/http' has the port 'http', expected tcp/PORT, tcp/LOW-HIGH or tcp/*"],
  ["tcp/080", "port", "'tcp/080' has the port '080', expected tcp/PORT, tcp/LOW-HIGH or tcp/*"],
  ["tcp/-1", "port", "'tcp/-1' has the port '', expected tcp/PORT, tcp/LOW-HIGH or tcp/*"],
  ["tcp/1-2-3", "port", "'tcp/1-2-3' has the port '1-2-3', expected tcp/PORT, tcp/LOW-HIGH or tcp/*"],
  ["tcp/ 80", "port", "'tcp/ 80' has the port ' 80', expected tcp/PORT, tcp/LOW-HIGH or tcp/*"],
  ["tcp/80,443", "port", "'tcp/80,443' has the port '80,443', expected tcp/PORT, tcp/LOW-HIGH or tcp/*"],
  ["tcp/0", "port", "'tcp/0' has the port 0, expected 1 to 65535"],
  ["tcp/65536", "port", "'tcp/65536' has the port 65536, expected 1 to 65535"],
  ["udp/80-70000", "port", "'udp/80-70000' has the port 70000, expected 1 to 65535"],
  ["tcp/443-80", "reversed", "'tcp/443-80' ends before it begins, expected the lower port first"],
  ["icmp/echo", "icmp-type", "'icmp/echo' has no icmp type that nftables names"],
  ["icmp/8", "icmp-type", "'icmp/8' has no icmp type that nftables names"],
  ["icmpv6/redirect", "icmp-type", "'icmpv6/redirect' has no icmpv6 type that nftables names"],
  ["proto", "number", "'proto' names no IP protocol, expected proto/NUMBER with a number from 0 to 255"],
  [
    "proto/256",
    "number",
    "'proto/256' names no IP protocol, expected proto/NUMBER with a number from 0 to 255",
  ],
  [
    "proto/gre",
    "number",
    "'proto/gre' names no IP protocol, expected proto/NUMBER with a number from 0 to 255",
  ],
  [
    "TCP/80",
    "protocol",
    "'TCP/80' has the protocol 'TCP', expected tcp, udp, sctp, icmp, icmpv6 or proto/NUMBER",
  ],
  ["", "protocol", "'' has the protocol '', expected tcp, udp, sctp, icmp, icmpv6 or proto/NUMBER"],
])("'%s' is refused: %s", (text, kind, problem) => {
  expect(parseServiceExpression(text)).toMatchObject({ kind, problem });
});

test("a number of an ICMP type or a reversed range says what was probably meant", () => {
  expect(parseServiceExpression("icmp/8")).toMatchObject({ meant: "icmp/echo-request" });
  expect(parseServiceExpression("tcp/443-80")).toMatchObject({ meant: "tcp/80-443" });
});

test("what no expression can say is written with numbers", () => {
  expect(formatService([{ protocol: 1, low: 3 * 256 + 4, high: 3 * 256 + 4 }])).toEqual([
    "icmp/destination-unreachable code 4",
  ]);
  expect(formatService([{ protocol: 1, low: 3 * 256 + 250, high: 6 * 256 + 9 }])).toEqual([
    "icmp/destination-unreachable code 250-255",
    "icmp/source-quench",
    "icmp/redirect",
    "icmp/6 code 0-9",
  ]);
  expect(formatService(subtractServices(service("icmp"), service("icmp/echo-request"))).at(-1)).toBe(
    "icmp/19-255",
  );
  expect(formatService([])).toEqual([]);
});

test.each<IcmpProtocol>(["icmp", "icmpv6"])("the names of %s types are those of nft", (protocol) => {
  const description = execFileSync("nft", ["describe", protocol, "type"], { encoding: "utf8" });
  const theirs = [...description.matchAll(/^\t(\S+)\s+(\d+)$/gm)].map(([, name, type]) => [
    name,
    Number(type),
  ]);
  expect(theirs.length).toBeGreaterThan(10);
  expect([...ICMP_TYPES[protocol]]).toEqual(theirs);
});
