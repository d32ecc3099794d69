import { expect, test } from "vitest";
import { problemsOf } from "../fixtures/texts.ts";

test.each<[sentence: string, text: string, problems: readonly string[]]>([
  [
    "no members",
    "segments: { web: {} }\n",
    [
      "p.yaml:1:18: error: a segment says nothing of its members, expected exactly one of select, addresses and names [policy/missing-key]",
    ],
  ],
  [
    "no value",
    "segments: { web: }\n",
    [
      "p.yaml:1:13: error: the segment 'web' has no value, expected a map with select, addresses or names [policy/empty-value]",
    ],
  ],
  [
    "a selector without its key",
    "segments: { web: a=b }\n",
    [
      "p.yaml:1:18: error: a segment is the text 'a=b', expected a map with select, addresses, names or mode [policy/wrong-type]",
    ],
  ],
  [
    "select and addresses together",
    "segments: { web: { select: a, addresses: [10.0.0.1] } }\n",
    [
      "p.yaml:1:31: error: a segment has both 'select' and 'addresses', expected exactly one of select, addresses and names [policy/conflicting-keys]\n  p.yaml:1:20: 'select' is given here",
    ],
  ],
  [
    "addresses and names together",
    "segments: { net: { names: [a.example], addresses: [10.0.0.1] } }\n",
    [
      "p.yaml:1:20: error: a segment has both 'addresses' and 'names', expected exactly one of select, addresses and names [policy/conflicting-keys]\n  p.yaml:1:40: 'addresses' is given here",
    ],
  ],
  [
    "a mode beside addresses",
    "segments: { net: { addresses: [10.0.0.1], mode: off } }\n",
    [
      "p.yaml:1:43: error: a segment has 'mode' beside 'addresses', expected it beside 'select' only; only hosts that 'select' finds have a mode [policy/conflicting-keys]",
    ],
  ],
  [
    "a mode beside names",
    "segments: { api: { names: [x.example], mode: off } }\n",
    [
      "p.yaml:1:40: error: a segment has 'mode' beside 'names', expected it beside 'select' only; only hosts that 'select' finds have a mode [policy/conflicting-keys]",
    ],
  ],
  [
    "a bad mode beside select",
    "segments: { web: { select: a, mode: on } }\n",
    ["p.yaml:1:37: error: there is no mode 'on', expected enforce, observe or off [policy/invalid-mode]"],
  ],
  [
    "a misspelt key once, not its absence too",
    "segments: { web: { selct: a } }\n",
    [
      "p.yaml:1:20: error: a segment has the unknown key 'selct', expected select, addresses, names or mode; did you mean 'select'? [policy/unknown-key]",
    ],
  ],
  [
    "a key given twice",
    "segments: { web: { select: a, select: b } }\n",
    [
      "p.yaml:1:31: error: 'select' is given twice [policy/duplicate-key]\n  p.yaml:1:20: it is first given here",
    ],
  ],
  [
    "every fault of one segment",
    "segments: { web: { select: 'a=', addresses: [x], names: [], mod: off } }\n",
    [
      "p.yaml:1:31: error: the selector ends where a value after '=' was expected [policy/invalid-selector]",
      "p.yaml:1:34: error: a segment has both 'select' and 'addresses', expected exactly one of select, addresses and names [policy/conflicting-keys]\n  p.yaml:1:20: 'select' is given here",
      "p.yaml:1:46: error: 'x' is no IPv4 or IPv6 address [policy/invalid-address]",
      "p.yaml:1:57: error: 'names' is an empty list, expected a list of DNS names [policy/empty-value]",
      "p.yaml:1:61: error: a segment has the unknown key 'mod', expected select, addresses, names or mode; did you mean 'mode'? [policy/unknown-key]",
    ],
  ],
  [
    "an empty selector",
    "segments: { web: { select: '' } }\n",
    [
      "p.yaml:1:28: error: 'select' is empty, expected a label selector; 'host' selects every host [policy/empty-value]",
    ],
  ],
  [
    "a selector of spaces",
    "segments: { web: { select: '  ' } }\n",
    [
      "p.yaml:1:28: error: 'select' is empty, expected a label selector; 'host' selects every host [policy/empty-value]",
    ],
  ],
  [
    "a selector without a value",
    "segments: { web: { select: } }\n",
    ["p.yaml:1:20: error: 'select' has no value, expected a label selector [policy/empty-value]"],
  ],
  [
    "a selector that is a number",
    "segments: { web: { select: 5 } }\n",
    [
      "p.yaml:1:28: error: 'select' is the number 5, expected a label selector; if it is meant as text, write \"5\" with quotes [policy/wrong-type]",
    ],
  ],
  [
    "a selector that is a list",
    "segments: { web: { select: [a] } }\n",
    ["p.yaml:1:28: error: 'select' is a list, expected a label selector [policy/wrong-type]"],
  ],
  [
    "a selector's fault at its column inside quotes",
    "segments: { web: { select: 'app=shop, role=' } }\n",
    ["p.yaml:1:44: error: the selector ends where a value after '=' was expected [policy/invalid-selector]"],
  ],
  [
    "a selector's fault at its column in plain text",
    "segments:\n  web:\n    select: app in shop\n",
    [
      "p.yaml:3:20: error: the selector has 'shop' where '(' after 'in' was expected [policy/invalid-selector]",
    ],
  ],
  [
    "a selector's fault at the beginning of a text with escapes",
    'segments: { web: { select: "app\\u003dshop," } }\n',
    ["p.yaml:1:28: error: the selector ends where a label or '!' was expected [policy/invalid-selector]"],
  ],
  [
    "a selector's fault at the beginning of a folded text",
    "segments:\n  web:\n    select: >\n      app=shop,\n",
    ["p.yaml:3:13: error: the selector ends where a label or '!' was expected [policy/invalid-selector]"],
  ],
  [
    "no addresses",
    "segments: { net: { addresses: [] } }\n",
    [
      "p.yaml:1:31: error: 'addresses' is an empty list, expected a list of addresses, blocks and ranges [policy/empty-value]",
    ],
  ],
  [
    "an address without a list",
    "segments: { net: { addresses: 10.0.0.1 } }\n",
    [
      "p.yaml:1:31: error: 'addresses' is the text '10.0.0.1', expected a list of addresses, blocks and ranges [policy/wrong-type]",
    ],
  ],
  [
    "an empty address",
    "segments: { net: { addresses: [''] } }\n",
    ["p.yaml:1:32: error: an item of 'addresses' is empty, expected text [policy/empty-value]"],
  ],
  [
    "an item without a value",
    "segments:\n  net:\n    addresses:\n      -\n",
    ["p.yaml:4:8: error: an item of 'addresses' has no value, expected text [policy/empty-value]"],
  ],
  [
    "every bad address of a list",
    "segments:\n  net:\n    addresses:\n      - 10.0.0.5/24\n      - 10.0.0.300\n      - 10.0.0.9-10.0.0.1\n      - 10.0.0.1-::1\n      - 5\n      - 10.0.0.0/33\n      - 2001:db8::1/32\n      - fe80::1%eth0\n      - web\n      - [10.0.0.1]\n",
    [
      "p.yaml:4:9: error: '10.0.0.5/24' has host bits set, expected '10.0.0.0/24'; for that address alone write '10.0.0.5' [policy/host-bits-set]",
      "p.yaml:5:9: error: '10.0.0.300' is no IPv4 or IPv6 address [policy/invalid-address]",
      "p.yaml:6:9: error: '10.0.0.9-10.0.0.1' ends before it begins, expected the lower address first; did you mean '10.0.0.1-10.0.0.9'? [policy/invalid-range]",
      "p.yaml:7:9: error: '10.0.0.1-::1' begins in IPv4 and ends in IPv6, expected one family [policy/invalid-range]",
      "p.yaml:8:9: error: an item of 'addresses' is the number 5, expected text; if it is meant as text, write \"5\" with quotes [policy/wrong-type]",
      "p.yaml:9:9: error: '10.0.0.0/33' has the prefix length '33', expected a number from 0 to 32 [policy/invalid-address]",
      "p.yaml:10:9: error: '2001:db8::1/32' has host bits set, expected '2001:db8::/32'; for that address alone write '2001:db8::1' [policy/host-bits-set]",
      "p.yaml:11:9: error: 'fe80::1%eth0' is no IPv4 or IPv6 address [policy/invalid-address]",
      "p.yaml:12:9: error: 'web' is no IPv4 or IPv6 address [policy/invalid-address]",
      "p.yaml:13:9: error: an item of 'addresses' is a list, expected text [policy/wrong-type]",
    ],
  ],
  [
    "an address that ends in colons, which YAML takes for a key",
    "segments: { net: { addresses: [2001:db8::, fd00::/8] } }\n",
    [
      "p.yaml:1:32: error: an item of 'addresses' is a map, expected text; if it is meant as text, write \"2001:db8::\" with quotes [policy/wrong-type]",
    ],
  ],
  [
    "no DNS names",
    "segments: { api: { names: [] } }\n",
    ["p.yaml:1:27: error: 'names' is an empty list, expected a list of DNS names [policy/empty-value]"],
  ],
  [
    "a DNS name without a list",
    "segments: { api: { names: x.example } }\n",
    ["p.yaml:1:27: error: 'names' is the text 'x.example', expected a list of DNS names [policy/wrong-type]"],
  ],
  [
    "every bad DNS name of a list",
    "segments:\n  api:\n    names:\n      - '*.x.example'\n      - 10.0.0.1\n      - fd00::1\n      - https://x.example/\n      - größe.example\n      - a..b\n      - -a.example\n      - a b.example\n      - .\n      - xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.example\n      - abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd\n",
    [
      "p.yaml:4:9: error: '*.x.example' is a wildcard, expected a DNS name; only whole names can be resolved; list each of them [policy/invalid-dns-name]",
      "p.yaml:5:9: error: '10.0.0.1' is an address, expected a DNS name; addresses belong into `addresses` [policy/invalid-dns-name]",
      "p.yaml:6:9: error: 'fd00::1' is an address, expected a DNS name; addresses belong into `addresses` [policy/invalid-dns-name]",
      "p.yaml:7:9: error: 'https://x.example/' is a URL, expected a DNS name; leave out all but the host's name [policy/invalid-dns-name]",
      "p.yaml:8:9: error: 'größe.example' has letters beyond ASCII, expected a DNS name; write its xn-- form [policy/invalid-dns-name]",
      "p.yaml:9:9: error: 'a..b' has an empty part, expected a DNS name [policy/invalid-dns-name]",
      "p.yaml:10:9: error: '-a.example' has the part '-a', which is not 1 to 63 letters, digits and inner hyphens, expected a DNS name [policy/invalid-dns-name]",
      "p.yaml:11:9: error: 'a b.example' has the part 'a b', which is not 1 to 63 letters, digits and inner hyphens, expected a DNS name [policy/invalid-dns-name]",
      "p.yaml:12:9: error: '.' has an empty part, expected a DNS name [policy/invalid-dns-name]",
      "p.yaml:13:9: error: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' has the part 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', which is not 1 to 63 letters, digits and inner hyphens, expected a DNS name [policy/invalid-dns-name]",
      "p.yaml:14:9: error: 'abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abc…' has 299 characters, and 253 are the most, expected a DNS name [policy/invalid-dns-name]",
    ],
  ],
])("segments: %s is refused", (_sentence, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});
