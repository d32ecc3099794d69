import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { parseServiceExpression, type Service, serviceHas } from "../net/service.ts";
import { Cuts, exampleOf, flowAt, LINE_END, pointOf } from "./service-line.ts";
import { serviceWords } from "./service-words.ts";
import { partition, Spans } from "./spans.ts";

function service(text: string): Service {
  const read = parseServiceExpression(text);
  if (read !== "all" && "problem" in read) throw new Error(read.problem);
  return read;
}

const some = fc
  .array(
    fc.constantFrom(
      "tcp/1",
      "tcp/1-5",
      "tcp/4-9",
      "tcp/*",
      "udp/7",
      "icmp",
      "icmpv6/echo-request",
      "proto/47",
      "all",
    ),
  )
  .map((texts) => texts.map(service));
const point = fc.oneof(
  fc.nat(LINE_END - 1),
  fc.constantFrom(0, 1, 3, 4, 5, 6, 9, 10).map((port) => pointOf(6, port)),
  fc.constantFrom(pointOf(17, 7), pointOf(1, 0), pointOf(58, 128 * 256), pointOf(47, 0), LINE_END - 1),
);

test.prop([some, some, point])("spans are sets of points of the line", (a, b, at) => {
  const [left, right] = [Spans.of(...a), Spans.of(...b)];
  const { protocol, number } = flowAt(at);
  expect(left.has(at)).toBe(a.some((one) => serviceHas(one, protocol, number)));
  expect(left.union(right).has(at)).toBe(left.has(at) || right.has(at));
  expect(left.intersect(right).has(at)).toBe(left.has(at) && right.has(at));
  expect(left.subtract(right).has(at)).toBe(left.has(at) && !right.has(at));
  expect(left.complement().has(at)).toBe(!left.has(at));
});

test.prop([some])("a service is the same after a journey as spans", (services) => {
  const spans = Spans.of(...services);
  expect(Spans.of(spans.service).key).toBe(spans.key);
});

test.prop([some, point])("from one cut of the line to the next all services are alike", (services, at) => {
  const start = new Cuts(services).startOf(at);
  for (const one of services) expect(Spans.of(one).has(start)).toBe(Spans.of(one).has(at));
});

test.prop([some, some, point])(
  "parts tell by which sets they are held, and are all together",
  (asked, cutting, at) => {
    const all = Spans.of(...asked);
    const sets = cutting.map((one) => Spans.of(one));
    const parts = partition(all, sets);
    expect(parts.reduce((union, { services }) => union.union(services), Spans.none).key).toBe(all.key);
    const holding = parts.filter(({ services }) => services.has(at)).map((part) => part.holding);
    const expected = sets.flatMap((set, position) => (set.has(at) ? position : []));
    expect(holding).toEqual(all.has(at) ? [expected] : []);
  },
);

test("a protocol without numbers is one flow, whatever part of the line stands for it", () => {
  expect(flowAt(pointOf(47, 1234))).toEqual({ protocol: 47, number: 0 });
  expect(flowAt(pointOf(6, 1234))).toEqual({ protocol: 6, number: 1234 });
});

test("people think of TCP", () => {
  const example = (...texts: string[]) => exampleOf(Spans.of(...texts.map(service)).spans);
  expect(example("all")).toEqual({ protocol: 6, number: 1 });
  expect(example("icmp", "tcp/22", "udp/53")).toEqual({ protocol: 6, number: 22 });
  expect(example("udp/53")).toEqual({ protocol: 17, number: 53 });
});

test.each([
  ["tcp/443", ["tcp/443"]],
  ["all", ["all"]],
])("%s in words", (text, words) => {
  expect(serviceWords(Spans.of(service(text)))).toEqual(words);
});

test("nearly everything is said by what is missing, of which nobody misses what is never judged", () => {
  const missing = (text: string) => serviceWords(Spans.of(service(text)).complement());
  expect(missing("tcp/22")).toEqual(["all except tcp/22"]);
  expect(missing("icmpv6/nd-neighbor-solicit")).toEqual(["all"]);
});
