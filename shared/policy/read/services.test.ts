import { expect, test } from "vitest";
import { problemsOf } from "../fixtures/texts.ts";

test.each<[sentence: string, text: string, problems: readonly string[]]>([
  [
    "a protocol without a port",
    "services: { a: tcp }\n",
    [
      "p.yaml:1:16: error: 'tcp' says no port, expected tcp/PORT, tcp/LOW-HIGH or tcp/*; did you mean 'tcp/*'? [policy/invalid-service]",
    ],
  ],
  [
    "port 0",
    "services: { a: tcp/0 }\n",
    ["p.yaml:1:16: error: 'tcp/0' has the port 0, expected 1 to 65535 [policy/invalid-service]"],
  ],
  [
    "a port out of range",
    "services: { a: tcp/70000 }\n",
    ["p.yaml:1:16: error: 'tcp/70000' has the port 70000, expected 1 to 65535 [policy/invalid-service]"],
  ],
  [
    "a range that ends out of range",
    "services: { a: udp/1-65536 }\n",
    ["p.yaml:1:16: error: 'udp/1-65536' has the port 65536, expected 1 to 65535 [policy/invalid-service]"],
  ],
  [
    "a reversed range",
    "services: { a: tcp/80-70 }\n",
    [
      "p.yaml:1:16: error: 'tcp/80-70' ends before it begins, expected the lower port first; did you mean 'tcp/70-80'? [policy/invalid-service]",
    ],
  ],
  [
    "every bad expression of a list",
    "services:\n  a:\n    - udp/x\n    - icmp/echo\n    - icmp/packet-too-big\n    - icmpv6/redirect\n    - icmp/8\n    - proto/256\n    - tpc/80\n    - TCP/80\n    - tcp/80,443\n",
    [
      "p.yaml:3:7: error: 'udp/x' has the port 'x', expected udp/PORT, udp/LOW-HIGH or udp/* [policy/invalid-service]",
      "p.yaml:4:7: error: 'icmp/echo' has no icmp type that nftables names; did you mean 'icmp/echo-request'? [policy/invalid-service]",
      "p.yaml:5:7: error: 'icmp/packet-too-big' has no icmp type that nftables names; did you mean 'icmpv6/packet-too-big'? [policy/invalid-service]",
      "p.yaml:6:7: error: 'icmpv6/redirect' has no icmpv6 type that nftables names; did you mean 'icmp/redirect'? [policy/invalid-service]",
      "p.yaml:7:7: error: 'icmp/8' has no icmp type that nftables names; did you mean 'icmp/echo-request'? [policy/invalid-service]",
      "p.yaml:8:7: error: 'proto/256' names no IP protocol, expected proto/NUMBER with a number from 0 to 255 [policy/invalid-service]",
      "p.yaml:9:7: error: 'tpc/80' has the protocol 'tpc', expected tcp, udp, sctp, icmp, icmpv6 or proto/NUMBER; did you mean 'tcp/80'? [policy/invalid-service]",
      "p.yaml:10:7: error: 'TCP/80' has the protocol 'TCP', expected tcp, udp, sctp, icmp, icmpv6 or proto/NUMBER; did you mean 'tcp/80'? [policy/invalid-service]",
      "p.yaml:11:7: error: 'tcp/80,443' has the port '80,443', expected tcp/PORT, tcp/LOW-HIGH or tcp/* [policy/invalid-service]",
    ],
  ],
  [
    "an empty list",
    "services: { a: [] }\n",
    [
      "p.yaml:1:16: error: the service 'a' is an empty list, expected a service or a list of services [policy/empty-value]",
    ],
  ],
  [
    "no value",
    "services: { a: }\n",
    [
      "p.yaml:1:13: error: the service 'a' has no value, expected a service or a list of services [policy/empty-value]",
    ],
  ],
  [
    "an empty text",
    "services: { a: '' }\n",
    [
      "p.yaml:1:16: error: the service 'a' is empty, expected a service or a list of services [policy/empty-value]",
    ],
  ],
  [
    "a number, which is probably a TCP port",
    "services: { a: 443, b: [8080] }\n",
    [
      "p.yaml:1:16: error: the service 'a' is the number 443, expected a service or a list of services; did you mean 'tcp/443'? [policy/wrong-type]",
      "p.yaml:1:25: error: an item of the service 'b' is the number 8080, expected an expression or a service's name; did you mean 'tcp/8080'? [policy/wrong-type]",
    ],
  ],
  [
    "a number that is no port",
    "services: { a: 70000 }\n",
    [
      "p.yaml:1:16: error: the service 'a' is the number 70000, expected a service or a list of services; if it is meant as text, write \"70000\" with quotes [policy/wrong-type]",
    ],
  ],
  [
    "a map",
    "services: { a: { tcp: 443 } }\n",
    [
      "p.yaml:1:16: error: the service 'a' is a map, expected a service or a list of services [policy/wrong-type]",
    ],
  ],
  [
    "a list in a list",
    "services: { a: [[tcp/1]] }\n",
    [
      "p.yaml:1:17: error: an item of the service 'a' is a list, expected an expression or a service's name [policy/wrong-type]",
    ],
  ],
  [
    "an unknown service, with the nearest one",
    "services: { https: tcp/443, web: [htps] }\n",
    ["p.yaml:1:35: error: there is no service 'htps'; did you mean 'https'? [policy/unknown-service]"],
  ],
  [
    "an unknown service that is like a protocol",
    "services: { web: [tpc] }\n",
    ["p.yaml:1:19: error: there is no service 'tpc'; did you mean 'tcp'? [policy/unknown-service]"],
  ],
  [
    "a service that includes itself",
    "services: { a: a }\n",
    [
      "p.yaml:1:16: error: the service 'a' includes itself: 'a' -> 'a' [policy/service-cycle]\n  p.yaml:1:13: 'a' is defined here",
    ],
  ],
  [
    "a service that includes itself by others, with the whole way",
    "services: { a: b, b: c, c: a }\n",
    [
      "p.yaml:1:28: error: the service 'a' includes itself: 'a' -> 'b' -> 'c' -> 'a' [policy/service-cycle]\n  p.yaml:1:13: 'a' is defined here",
    ],
  ],
  [
    "two circles, each once",
    "services: { a: [b, tcp/1], b: [tcp/2, a], c: d, d: c }\n",
    [
      "p.yaml:1:39: error: the service 'a' includes itself: 'a' -> 'b' -> 'a' [policy/service-cycle]\n  p.yaml:1:13: 'a' is defined here",
      "p.yaml:1:52: error: the service 'c' includes itself: 'c' -> 'd' -> 'c' [policy/service-cycle]\n  p.yaml:1:43: 'c' is defined here",
    ],
  ],
  [
    "a circle that a service leads into, not that service",
    "services: { z: a, a: b, b: a }\n",
    [
      "p.yaml:1:28: error: the service 'a' includes itself: 'a' -> 'b' -> 'a' [policy/service-cycle]\n  p.yaml:1:19: 'a' is defined here",
    ],
  ],
])("services: %s is refused", (_sentence, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});
