import type { CatalogueEntry } from "./error.ts";

/** What can be wrong, or doubtful, in a policy's text. Every problem of one carries one of these codes. */
export const policyErrors = {
  // Files
  "policy/path-not-found": {
    title: "there is no such file or folder",
    severity: "error",
    remedy: "Check the spelling of the path, and from which directory it is named.",
  },
  "policy/unreadable": {
    title: "a file or folder could not be read",
    severity: "error",
    remedy: "Give whoever runs this the right to read it, or leave it out.",
  },
  "policy/not-a-file": {
    title: "this is neither a file nor a folder",
    severity: "error",
    remedy: "Put the policy into ordinary files; pipes, sockets and devices are not read.",
  },
  "policy/symlink-loop": {
    title: "a symbolic link leads round in a circle",
    severity: "error",
    remedy: "Remove the link, or let it point to a file.",
  },
  "policy/no-files": {
    title: "a folder holds no policy file",
    severity: "error",
    remedy: "Name a folder with *.yaml, *.yml or *.json files in it, or the file itself.",
  },
  "policy/not-text": {
    title: "a file is no text",
    severity: "error",
    remedy: "Save the file as plain UTF-8 text.",
  },
  "policy/empty-file": {
    title: "a file holds nothing",
    severity: "error",
    remedy: "Write a policy into it or delete it; an empty file is often one that was cut off.",
  },
  "policy/limit-exceeded": {
    title: "the policy is larger than a policy may be",
    severity: "error",
    remedy:
      "Make it smaller, or split it; the limits keep a broken or hostile file from using up the machine.",
  },
  "policy/too-many-problems": {
    title: "there are more problems than are worth showing",
    severity: "error",
    remedy: "Mend the ones that are shown, and check again.",
  },

  // YAML and JSON
  "policy/invalid-yaml": {
    title: "the text is no YAML",
    severity: "error",
    remedy:
      "Mend the text at this place; the cause is often indentation, a quote or a bracket just before it.",
  },
  "policy/invalid-json": {
    title: "a .json file is no JSON",
    severity: "error",
    remedy: "Mend the text, or name the file *.yaml if it is YAML.",
  },
  "policy/several-documents": {
    title: "a file holds several YAML documents",
    severity: "error",
    remedy: "Put each document into a file of its own; a folder of files is read as one policy.",
  },
  "policy/unsupported-yaml": {
    title: "the policy uses a part of YAML that it may not use",
    severity: "error",
    remedy: "Write the value plainly, without tags, merge keys, directives and keys that are no text.",
  },
  "policy/duplicate-key": {
    title: "a key is given twice",
    severity: "error",
    remedy: "Remove one of them, or make one value of both.",
  },

  // Shape
  "policy/unknown-key": {
    title: "there is no such key here",
    severity: "error",
    remedy: "Correct its spelling, or remove it; `bulkhead schema` lists every key.",
  },
  "policy/missing-key": {
    title: "a key is missing",
    severity: "error",
    remedy: "Add the key.",
  },
  "policy/conflicting-keys": {
    title: "these keys do not stand together",
    severity: "error",
    remedy: "Keep the one that is meant.",
  },
  "policy/wrong-type": {
    title: "a value is of the wrong kind",
    severity: "error",
    remedy:
      "Write the value in the form that is expected; text that looks like a number or true needs quotes.",
  },
  "policy/empty-value": {
    title: "a value is empty",
    severity: "error",
    remedy: "Write the value, or remove its key.",
  },

  // Names
  "policy/duplicate-name": {
    title: "a name is given twice",
    severity: "error",
    remedy: "Rename one of them, or remove it.",
  },
  "policy/reserved-name": {
    title: "the name is reserved",
    severity: "error",
    remedy: "Choose another name.",
  },
  "policy/invalid-name": {
    title: "this cannot be a name",
    severity: "error",
    remedy: "Choose a name of 1 to 128 visible characters that does not look like an address or a protocol.",
  },
  "policy/unknown-segment": {
    title: "there is no such segment",
    severity: "error",
    remedy: "Correct its spelling, or define it in `segments`.",
  },
  "policy/unknown-service": {
    title: "there is no such service",
    severity: "error",
    remedy: "Correct its spelling, define it in `services`, or write an expression such as tcp/443.",
  },
  "policy/unknown-test-end": {
    title: "a test names what the policy does not know",
    severity: "error",
    remedy: "Name a host, a segment or an address.",
  },
  "policy/unknown-invariant-end": {
    title: "an invariant names what the policy does not know",
    severity: "error",
    remedy: "Name a host, a segment, an address or a block.",
  },
  "policy/invariant-broken": {
    title: "an invariant of the policy does not hold",
    severity: "error",
    remedy:
      "Change the rules so that the flow that is shown gets what the invariant says, or the invariant if it asks for the wrong thing.",
  },
  "policy/out-of-scope": {
    title: "the change is beyond the segments that somebody is limited to",
    severity: "error",
    remedy:
      "Leave it as it is in force, or have it pushed by somebody without such a limit; docs/accounts.md says what a scope allows.",
  },
  "policy/service-cycle": {
    title: "a service includes itself",
    severity: "error",
    remedy: "Take one of the services out of the circle.",
  },

  // Values
  "policy/invalid-selector": {
    title: "a label selector could not be read",
    severity: "error",
    remedy: "Write requirements such as a=b, a!=b, a in (x, y), a notin (x, y), a or !a, joined by commas.",
  },
  "policy/invalid-label": {
    title: "this cannot be a label or a label's value",
    severity: "error",
    remedy:
      "Write labels with letters, digits and inner . _ - /, and values as visible text; 128 characters are the most.",
  },
  "policy/invalid-service": {
    title: "a service could not be read",
    severity: "error",
    remedy:
      "Write tcp/443, udp/5000-5010, sctp/*, icmp, icmp/echo-request, icmpv6, proto/47, all, or a service's name.",
  },
  "policy/invalid-address": {
    title: "an address could not be read",
    severity: "error",
    remedy: "Write an IPv4 or IPv6 address such as 10.0.0.1 or 2001:db8::1.",
  },
  "policy/host-bits-set": {
    title: "a block has bits set behind its prefix",
    severity: "error",
    remedy: "Write the first address of the block, or a single address without a prefix length.",
  },
  "policy/invalid-range": {
    title: "a range does not run from a lower to a higher address of one family",
    severity: "error",
    remedy: "Write the lower address first, and both as IPv4 or both as IPv6.",
  },
  "policy/address-claimed-twice": {
    title: "an address is given to a host twice, or to two hosts",
    severity: "error",
    remedy: "Leave the address with the host that has it.",
  },
  "policy/invalid-dns-name": {
    title: "this is no DNS name",
    severity: "error",
    remedy:
      "Write a full name such as api.payments.example, without wildcards; international names in their xn-- form.",
  },
  "policy/invalid-mode": {
    title: "there is no such mode",
    severity: "error",
    remedy:
      "Write enforce, observe or off, or one for each direction: { ingress: enforce, egress: observe }.",
  },
  "policy/invalid-time": {
    title: "a time could not be read",
    severity: "error",
    remedy:
      "Write an ISO 8601 time with its zone, such as 2027-03-31T18:00:00Z or 2027-03-31T20:00:00+02:00.",
  },
  "policy/invalid-unit": {
    title: "this is no systemd unit that has processes",
    severity: "error",
    remedy: "Write the unit's full name, such as shop-api.service.",
  },
  "policy/invalid-user": {
    title: "this is no name of an account",
    severity: "error",
    remedy: "Write the account's name as in /etc/passwd, not its number.",
  },
  "policy/user-in-to": {
    title: "an account cannot narrow the receiving end",
    severity: "error",
    remedy: "Narrow `to` by unit; the kernel knows the account of who sends, not of who listens.",
  },
  "policy/narrowing-needs-hosts": {
    title: "only managed hosts have units and accounts",
    severity: "error",
    remedy: "Name a segment with `select`, or any-host.",
  },
  "policy/same-needs-hosts": {
    title: "`same` joins managed hosts only",
    severity: "error",
    remedy: "Name segments with `select`, or any-host, at both ends; or take `same` away.",
  },

  // Warnings
  "policy/expired-rule": {
    title: "a rule has expired",
    severity: "warning",
    remedy: "Remove the rule, or give it a later end.",
  },
  "policy/empty-segment": {
    title: "a segment selects no host",
    severity: "warning",
    remedy: "Compare its selector with the labels of the hosts.",
  },
  "policy/rule-never-matches": {
    title: "a rule can never match",
    severity: "warning",
    remedy: "Correct its ends, its `same` or its service, or remove it.",
  },
  "policy/shadowed-rule": {
    title: "an allow rule is wholly covered by a deny rule",
    severity: "warning",
    remedy: "Remove the rule, or narrow the one that denies; a deny wins wherever it matches.",
  },
  "policy/redundant-rule": {
    title: "a rule says only what others say",
    severity: "warning",
    remedy: "Remove the rule, or keep it and say in its `note` what it is for.",
  },
  "policy/too-broad-rule": {
    title: "a rule allows far more than was seen",
    severity: "warning",
    remedy:
      "Narrow it to what was seen, and look with `bulkhead plan` whether anything recorded would break.",
  },
  "policy/observed-segment": {
    title: "rules lead to hosts that only observe",
    severity: "warning",
    remedy: "Set the segment's mode to enforce once nothing would be denied that is needed.",
  },
  "policy/host-without-segment": {
    title: "a host is in no segment, so that nothing is enforced on it",
    severity: "warning",
    remedy: "Compare the host's labels with the selectors; a segment of its own (host=NAME) will do.",
  },
  "policy/unusual-host-address": {
    title: "no host is reached at this address",
    severity: "warning",
    remedy: "Give the host the addresses under which others know it.",
  },
  "policy/ambiguous-test-end": {
    title: "a test's end is a host's name and a segment's name",
    severity: "warning",
    remedy: "Rename the host or the segment.",
  },
} as const satisfies Record<string, CatalogueEntry>;

export type PolicyErrorCode = keyof typeof policyErrors;
