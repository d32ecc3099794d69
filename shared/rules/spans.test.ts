import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { parseServiceExpression, type Service, serviceHas } from "../net/service.ts";
import { Cuts, flowAt, flowOn, LINE_END, pointOf } from "./service-line.ts";
import { serviceWords } from "./service-words.ts";
import { Spans } from "./spans.ts";

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

test.prop([some, some, point])(
  "between two cuts of the line all services are alike",
  (cutting, asked, at) => {
    const cuts = new Cuts(cutting);
    const start = cuts.startOf(at);
    for (const one of cutting) {
      const holds = (where: number) => Spans.of(one).has(where);
      expect(holds(at)).toBe(holds(start));
    }
    for (const span of Spans.of(...asked).spans) {
      const pieces = cuts.cut(span);
      expect([pieces[0]?.low, pieces.at(-1)?.high]).toEqual([span.low, span.high]);
      pieces.slice(1).forEach((piece, before) => {
        expect(piece.low).toBe((pieces[before]?.high ?? 0) + 1);
      });
      for (const { low, high } of pieces) expect(cuts.startOf(high)).toBe(cuts.startOf(low));
    }
  },
);

test("a protocol without numbers is one flow, whatever part of the line stands for it", () => {
  expect(flowAt(pointOf(47, 1234))).toEqual({ protocol: 47, number: 0 });
  expect(flowAt(pointOf(6, 1234))).toEqual({ protocol: 6, number: 1234 });
});

test("people think of TCP", () => {
  expect(flowOn({ low: 0, high: LINE_END - 1 })).toEqual({ protocol: 6, number: 1 });
  expect(flowOn({ low: pointOf(17, 5), high: LINE_END - 1 })).toEqual({ protocol: 17, number: 5 });
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
