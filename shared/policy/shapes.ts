/**
 * The shape of a policy: which keys stand where, what kind of value each has, and what it means. The reader goes by these shapes, and
 * the JSON Schema for editors is generated from them, so that the two cannot disagree. What a shape cannot say (names that must exist,
 * addresses, selectors) the reader checks.
 */

import { z } from "zod";
import { LIMITS } from "./limits.ts";

/** What a key expects, as messages say it. Not in the JSON Schema. */
const expectations = z.registry<{ expected: string }>();

export function expectedOf(shape: z.ZodType): string {
  return expectations.get(shape)?.expected ?? "a value";
}

function expecting<Shape extends z.ZodType>(shape: Shape, expected: string): Shape {
  expectations.add(shape, { expected });
  return shape;
}

const text = z.string().min(1).max(LIMITS.textLength);
const oneOrMore = <Shape extends z.ZodType>(shape: Shape) => z.union([shape, z.array(shape).min(1)]);

const name = z.string().min(1).max(LIMITS.nameLength);
const namedBy = <Shape extends z.ZodType>(shape: Shape) => z.record(name, shape);

const mode = z.enum(["enforce", "observe", "off"]);
export const ModePerDirection = z
  .strictObject({
    ingress: expecting(mode.optional().describe("For traffic that arrives."), "enforce, observe or off"),
    egress: expecting(mode.optional().describe("For traffic that is sent."), "enforce, observe or off"),
  })
  .meta({ minProperties: 1 });
const ModeShape = z.union([mode, ModePerDirection]).meta({
  id: "Mode",
  description:
    "`enforce` denies what no rule allows; `observe` only records it; `off` does neither. One for both directions, or one for each.",
});

export const EXPECTED_MODE = "enforce, observe, off, or a map with one for ingress, egress or both";

const services = oneOrMore(text).meta({
  id: "Services",
  description:
    "A service's name, `all`, or an expression: tcp|udp|sctp/PORT, /LOW-HIGH or /*; icmp or icmpv6, alone or with /TYPE; proto/NUMBER. Or a list of these.",
  examples: ["tcp/443", "udp/5000-5010", "icmp/echo-request", "proto/47", "all", ["https", "tcp/8080"]],
});
const EXPECTED_SERVICES = "a service or a list of services";

export const SegmentShape = z
  .strictObject({
    select: expecting(
      text
        .optional()
        .describe(
          "Hosts by label, in kubectl's syntax: a=b, a!=b, a in (x, y), a notin (x, y), a, !a, joined by commas, which mean `and`.",
        ),
      "a label selector",
    ),
    addresses: expecting(
      z
        .array(text)
        .min(1)
        .optional()
        .describe("Addresses, CIDR blocks or first-last ranges that no agent manages."),
      "a list of addresses, blocks and ranges",
    ),
    names: expecting(
      z.array(text).min(1).optional().describe("DNS names, resolved on each enforcing host."),
      "a list of DNS names",
    ),
    mode: expecting(
      ModeShape.optional().describe(
        "The mode of the segment's hosts; only beside `select`. Of several segments the strictest counts.",
      ),
      EXPECTED_MODE,
    ),
  })
  .meta({
    id: "Segment",
    description: "Exactly one of `select`, `addresses` and `names`.",
    oneOf: [{ required: ["select"] }, { required: ["addresses"] }, { required: ["names"] }],
    dependentRequired: { mode: ["select"] },
  });

export const HostShape = z
  .strictObject({
    addresses: expecting(
      z.array(text).min(1).describe("The host's IPv4 and IPv6 addresses, at least one."),
      "a list of addresses",
    ),
    labels: expecting(
      z
        .record(name, z.string().max(LIMITS.nameLength))
        .optional()
        .describe(
          "Labels by name. Values are text: numbers and true need quotes. The label `host` is given to every host by itself.",
        ),
      "a map from label to value",
    ),
  })
  .meta({ id: "Host", description: "A managed host." });

const unit = expecting(
  text.optional().describe("Only the processes of this systemd unit, such as shop-api.service."),
  "the name of a systemd unit",
);
const user = expecting(
  text.optional().describe("Only the processes of this local account."),
  "the name of an account",
);
const segment = expecting(
  text.describe("A segment with `select`, or `any-host`."),
  "the name of a segment with `select`, or any-host",
);

export const EndpointShape = z
  .strictObject({ segment, unit, user })
  .describe("A segment's hosts, narrowed to the processes of one unit, one account, or both.");
const ReceiverShape = z
  .strictObject({ segment, unit })
  .describe("A segment's hosts, narrowed to the processes of one unit.");
const plainEndpoint = text.describe("A segment's name, `any`, `any-host`, an address or a CIDR block.");
const sender = z.union([plainEndpoint, EndpointShape]).meta({ id: "Sender" });
const receiver = z.union([plainEndpoint, ReceiverShape]).meta({ id: "Receiver" });
const from = oneOrMore(sender).describe("Who sends: an endpoint or a list of them.");
const to = oneOrMore(receiver).describe("Who receives: an endpoint or a list of them.");
export const EXPECTED_ENDPOINT = "a segment, an address, a block or a map with `segment`";
const EXPECTED_ENDPOINTS = "an endpoint or a list of endpoints";

export const RuleShape = z
  .strictObject({
    name: expecting(
      name.optional().describe("Unique. Without it the rule is called by its place, FILE:LINE."),
      "a name",
    ),
    allow: expecting(services.optional().describe("What the rule allows."), EXPECTED_SERVICES),
    deny: expecting(
      services.optional().describe("What the rule denies; a deny that matches wins over every allow."),
      EXPECTED_SERVICES,
    ),
    from: expecting(from, EXPECTED_ENDPOINTS),
    to: expecting(to, EXPECTED_ENDPOINTS),
    same: expecting(
      z
        .array(name)
        .min(1)
        .optional()
        .describe(
          "Labels that both ends carry with equal values. Each end is then a segment with `select`, or `any-host`.",
        ),
      "a list of labels",
    ),
    expires: expecting(
      text.optional().meta({
        description: "An ISO 8601 time with its zone; from then on the rule is not there.",
        examples: ["2027-03-31T18:00:00Z"],
      }),
      "an ISO 8601 time with its zone",
    ),
    note: expecting(text.optional().describe("Free text, shown wherever the rule is."), "text"),
  })
  .meta({
    id: "Rule",
    description: "Exactly one of `allow` and `deny`, with `from` and `to`.",
    oneOf: [{ required: ["allow"] }, { required: ["deny"] }],
  });

const testEnd = text.describe(
  "A host's name, an address, or a segment's name, which means every member of it.",
);
const EXPECTED_TEST_END = "the name of a host or segment, or an address";

export const TestShape = z
  .strictObject({
    from: expecting(
      testEnd.describe("Who sends: a host, an address, or a segment (every member)."),
      EXPECTED_TEST_END,
    ),
    to: expecting(
      testEnd.describe("Who receives: a host, an address, or a segment (every member)."),
      EXPECTED_TEST_END,
    ),
    unit: expecting(
      text.optional().describe("The systemd unit whose process sends."),
      "the name of a systemd unit",
    ),
    user: expecting(text.optional().describe("The account whose process sends."), "the name of an account"),
    allow: expecting(services.optional().describe("What must get through."), EXPECTED_SERVICES),
    deny: expecting(services.optional().describe("What must not get through."), EXPECTED_SERVICES),
  })
  .meta({
    id: "Test",
    description: "What must and what must not get through, end to end; run by `bulkhead check`.",
    anyOf: [{ required: ["allow"] }, { required: ["deny"] }],
  });

const invariantEnd = oneOrMore(text);
export const EXPECTED_INVARIANT_END = "the name of a host or segment, an address or a block";
const EXPECTED_INVARIANT_ENDS = `${EXPECTED_INVARIANT_END}, or a list of these`;

export const InvariantShape = z
  .strictObject({
    name: expecting(
      name.optional().describe("Unique. Without it the invariant is called by its place, FILE:LINE."),
      "a name",
    ),
    from: expecting(
      invariantEnd.describe("Who sends: hosts, segments (every member), addresses or blocks."),
      EXPECTED_INVARIANT_ENDS,
    ),
    to: expecting(
      invariantEnd.describe("Who receives: hosts, segments (every member), addresses or blocks."),
      EXPECTED_INVARIANT_ENDS,
    ),
    service: expecting(
      services.optional().describe("What it is about; everything, unless said."),
      EXPECTED_SERVICES,
    ),
    unit: expecting(
      text.optional().describe("Only what this systemd unit sends; without it, what anything sends."),
      "the name of a systemd unit",
    ),
    user: expecting(
      text.optional().describe("Only what this account sends; without it, what anybody sends."),
      "the name of an account",
    ),
  })
  .meta({
    id: "Invariant",
    description: "Proved for every host, address, service and process that it speaks of.",
  });
const invariants = z.union([InvariantShape, z.array(InvariantShape)]);
const EXPECTED_INVARIANTS = "a map with `from` and `to`, or a list of them";

export const PolicyShape = z
  .strictObject({
    $schema: expecting(
      z.string().optional().describe("Where this schema is, for editors of JSON files."),
      "a path",
    ),
    mode: expecting(
      ModeShape.optional().describe("The mode of hosts whose segments name none; `enforce` unless set."),
      EXPECTED_MODE,
    ),
    segments: expecting(
      namedBy(SegmentShape).optional().describe("Segments by name. `any` and `any-host` are built in."),
      "a map from name to segment",
    ),
    services: expecting(
      namedBy(services).optional().describe("Services by name."),
      "a map from name to service",
    ),
    rules: expecting(
      z.array(RuleShape).optional().describe("The rules; their order means nothing."),
      "a list of rules",
    ),
    hosts: expecting(
      namedBy(HostShape).optional().describe("Managed hosts by name."),
      "a map from name to host",
    ),
    tests: expecting(
      z.array(TestShape).optional().describe("Questions whose answers must hold."),
      "a list of tests",
    ),
    never: expecting(
      invariants.optional().describe("What must get through for nobody, whatever the rules become."),
      EXPECTED_INVARIANTS,
    ),
    always: expecting(
      invariants.optional().describe("What must get through for everybody, whatever the rules become."),
      EXPECTED_INVARIANTS,
    ),
  })
  .meta({
    title: "Bulkhead policy",
    description: "Segments, services, rules, hosts, tests and invariants; any file may hold any of them.",
  });
