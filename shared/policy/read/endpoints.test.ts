import { expect, test } from "vitest";
import { problemsOf, SEGMENTS, withRule } from "../fixtures/texts.ts";

test.each<[sentence: string, text: string, problems: readonly string[]]>([
  [
    "unknown segments, with the nearest ones",
    withRule("{ allow: tcp/1, from: wbe, to: [nte, any-hots] }"),
    [
      "p.yaml:3:27: error: there is no segment 'wbe'; did you mean 'web'? [policy/unknown-segment]",
      "p.yaml:3:37: error: there is no segment 'nte'; did you mean 'net'? [policy/unknown-segment]",
      "p.yaml:3:42: error: there is no segment 'any-hots'; did you mean 'any-host'? [policy/unknown-segment]",
    ],
  ],
  [
    "a host, which a segment must select",
    `${SEGMENTS}rules:\n  - { allow: tcp/1, from: h, to: web }\nhosts: { h: { addresses: [10.1.1.1] } }\n`,
    [
      "p.yaml:3:27: error: there is no segment 'h'; it is a host; a rule names it by a segment with select: \"host=h\" [policy/unknown-segment]",
    ],
  ],
  [
    "a service",
    `${SEGMENTS}rules:\n  - { allow: tcp/1, from: s, to: web }\nservices: { s: tcp/1 }\n`,
    ["p.yaml:3:27: error: there is no segment 's'; it is a service [policy/unknown-segment]"],
  ],
  [
    "a DNS name, which a segment must hold",
    withRule("{ allow: tcp/1, from: web, to: x.example }"),
    ["p.yaml:3:36: error: there is no segment 'x.example' [policy/unknown-segment]"],
  ],
  [
    "a block with host bits",
    withRule("{ allow: tcp/1, from: 10.0.0.1/8, to: 'fd00::1/8' }"),
    [
      "p.yaml:3:27: error: '10.0.0.1/8' has host bits set, expected '10.0.0.0/8'; for that address alone write '10.0.0.1' [policy/host-bits-set]",
      "p.yaml:3:43: error: 'fd00::1/8' has host bits set, expected 'fd00::/8'; for that address alone write 'fd00::1' [policy/host-bits-set]",
    ],
  ],
  [
    "a range, which a segment must hold",
    withRule("{ allow: tcp/1, from: web, to: 10.0.0.1-10.0.0.9 }"),
    [
      "p.yaml:3:36: error: '10.0.0.1-10.0.0.9' is a range, expected an address or a block; give the range a name in `segments`, under `addresses` [policy/invalid-address]",
    ],
  ],
  [
    "bad addresses",
    withRule("{ allow: tcp/1, from: [10.0.0, 10.0.0.0/33], to: '::1::' }"),
    [
      "p.yaml:3:28: error: '10.0.0' is no IPv4 or IPv6 address [policy/invalid-address]",
      "p.yaml:3:36: error: '10.0.0.0/33' has the prefix length '33', expected a number from 0 to 32 [policy/invalid-address]",
      "p.yaml:3:54: error: '::1::' is no IPv4 or IPv6 address [policy/invalid-address]",
    ],
  ],
  [
    "what is neither text nor map",
    withRule("{ allow: tcp/1, from: [web, [web]], to: 5 }"),
    [
      "p.yaml:3:33: error: an item of 'from' is a list, expected a segment, an address, a block or a map with `segment` [policy/wrong-type]",
      "p.yaml:3:45: error: 'to' is the number 5, expected a segment, an address, a block or a map with `segment`; if it is meant as text, write \"5\" with quotes [policy/wrong-type]",
    ],
  ],
  [
    "an item without a value",
    withRule("{ allow: tcp/1, from: [web, ~], to: web }"),
    [
      "p.yaml:3:33: error: an item of 'from' has no value, expected a segment, an address, a block or a map with `segment` [policy/empty-value]",
    ],
  ],
  [
    "a map without a segment",
    withRule("{ allow: tcp/1, from: { unit: a.service }, to: {} }"),
    [
      "p.yaml:3:27: error: an endpoint has no 'segment', expected the name of a segment with `select`, or any-host [policy/missing-key]",
      "p.yaml:3:52: error: an endpoint has no 'segment', expected the name of a segment with `select`, or any-host [policy/missing-key]",
    ],
  ],
  [
    "a map with a misspelt segment",
    withRule("{ allow: tcp/1, from: { segmnt: web }, to: { segment: wb } }"),
    [
      "p.yaml:3:29: error: an endpoint has the unknown key 'segmnt', expected segment, unit or user; did you mean 'segment'? [policy/unknown-key]",
      "p.yaml:3:59: error: there is no segment 'wb'; did you mean 'web'? [policy/unknown-segment]",
    ],
  ],
  [
    "an address in a map",
    withRule("{ allow: tcp/1, from: { segment: 10.0.0.1 }, to: web }"),
    [
      "p.yaml:3:38: error: there is no segment '10.0.0.1'; an address stands by itself, as it has no units and accounts [policy/unknown-segment]",
    ],
  ],
  [
    "a key that narrows nothing",
    withRule("{ allow: tcp/1, from: { segment: web, port: 1 }, to: web }"),
    [
      "p.yaml:3:43: error: an endpoint has the unknown key 'port', expected segment, unit or user [policy/unknown-key]",
    ],
  ],
  [
    "a user in to",
    withRule("{ allow: tcp/1, from: web, to: [{ segment: web, user: shop }] }"),
    ["p.yaml:3:53: error: 'user' narrows the receiving end, expected it in 'from' only [policy/user-in-to]"],
  ],
  [
    "units and users where there are no hosts",
    withRule(
      "{ allow: tcp/1, from: [{ segment: net, unit: a.service, user: b }, { segment: any, user: root }], to: { segment: api, unit: a.service } }",
    ),
    [
      "p.yaml:3:44: error: 'unit' narrows 'net', which is a segment of addresses, expected a segment with 'select', or any-host [policy/narrowing-needs-hosts]",
      "p.yaml:3:61: error: 'user' narrows 'net', which is a segment of addresses, expected a segment with 'select', or any-host [policy/narrowing-needs-hosts]",
      "p.yaml:3:88: error: 'user' narrows 'any', which is every address, expected a segment with 'select', or any-host [policy/narrowing-needs-hosts]",
      "p.yaml:3:123: error: 'unit' narrows 'api', which is a segment of DNS names, expected a segment with 'select', or any-host [policy/narrowing-needs-hosts]",
    ],
  ],
  [
    "a unit without its kind",
    withRule("{ allow: tcp/1, from: { segment: web, unit: shop }, to: web }"),
    [
      "p.yaml:3:49: error: 'shop' lacks its kind, expected one of .service, .scope, .slice, .socket, .mount, .swap; did you mean 'shop.service'? [policy/invalid-unit]",
    ],
  ],
  [
    "a unit that has no processes",
    withRule("{ allow: tcp/1, from: { segment: web, unit: x.timer }, to: web }"),
    ["p.yaml:3:49: error: 'x.timer' is a timer, which has no processes [policy/invalid-unit]"],
  ],
  [
    "a unit that is a template",
    withRule("{ allow: tcp/1, from: { segment: web, unit: a@.service }, to: web }"),
    [
      "p.yaml:3:49: error: 'a@.service' is a template, which never runs itself, expected an instance [policy/invalid-unit]",
    ],
  ],
  [
    "units that are paths or worse",
    withRule(
      "{ allow: tcp/1, from: [{ segment: web, unit: ../../x.service }, { segment: web, unit: 'a\"b.service' }, { segment: web, unit: a b.service }], to: web }",
    ),
    [
      "p.yaml:3:50: error: '../../x.service' is no name of a systemd unit [policy/invalid-unit]",
      "p.yaml:3:91: error: 'a\"b.service' is no name of a systemd unit [policy/invalid-unit]",
      "p.yaml:3:130: error: 'a b.service' is no name of a systemd unit [policy/invalid-unit]",
    ],
  ],
  [
    "a user's number",
    withRule(
      "{ allow: tcp/1, from: [{ segment: web, user: 1000 }, { segment: web, user: '1000' }], to: web }",
    ),
    [
      "p.yaml:3:50: error: '1000' is a number, expected the name of an account [policy/invalid-user]",
      "p.yaml:3:80: error: '1000' is a number, expected the name of an account [policy/invalid-user]",
    ],
  ],
  [
    "a truth value and a fraction as users, which would be names in quotes",
    withRule("{ allow: tcp/1, from: [{ segment: web, user: true }, { segment: web, user: 1.5 }], to: web }"),
    [
      "p.yaml:3:50: error: 'user' is the truth value true, expected the name of an account; if it is meant as text, write \"true\" with quotes [policy/wrong-type]",
      "p.yaml:3:80: error: '1.5' is a number, expected the name of an account [policy/invalid-user]",
    ],
  ],
  [
    "users that no system has",
    withRule(
      "{ allow: tcp/1, from: [{ segment: web, user: a b }, { segment: web, user: 'a;b' }, { segment: web, user: -a }], to: web }",
    ),
    [
      "p.yaml:3:50: error: 'a b' has characters that no account's name has, expected the name of an account [policy/invalid-user]",
      "p.yaml:3:79: error: 'a;b' has characters that no account's name has, expected the name of an account [policy/invalid-user]",
      "p.yaml:3:110: error: '-a' has characters that no account's name has, expected the name of an account [policy/invalid-user]",
    ],
  ],
])("endpoints: %s is refused", (_sentence, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});
