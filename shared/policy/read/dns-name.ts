/** Names that the DNS can resolve (RFC 1035, RFC 1123), with underscores, which people use. */

import { looksLikeAddress } from "./names.ts";

export interface DnsNameProblem {
  readonly problem: string;
  readonly hint?: string;
}

/** The name in lower case and without the final dot. */
export function parseDnsName(text: string): { readonly name: string } | DnsNameProblem {
  const name = text.toLowerCase().replace(/\.$/, "");
  if (looksLikeAddress(text)) return { problem: "is an address", hint: "addresses belong into `addresses`" };
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(name))
    return { problem: "is a URL", hint: "leave out all but the host's name" };
  if (name.startsWith("*."))
    return { problem: "is a wildcard", hint: "only whole names can be resolved; list each of them" };
  if (/[^\0-\x7f]/.test(name)) return { problem: "has letters beyond ASCII", hint: "write its xn-- form" };
  if (name.length > 253) return { problem: `has ${name.length} characters, and 253 are the most` };
  const label = name.split(".").find((one) => !/^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(one));
  if (label === undefined) return { name };
  return {
    problem:
      label === ""
        ? "has an empty part"
        : `has the part '${label}', which is not 1 to 63 letters, digits and inner hyphens`,
  };
}
