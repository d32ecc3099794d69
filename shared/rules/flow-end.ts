import { type Address, formatAddress, parseAddress } from "../net/address.ts";

/** One end of a flow, read once and asked often. */
export class FlowEnd {
  /** A canonical address, or a DNS name in lower case without its last dot. */
  readonly text: string;
  /** Undefined for a DNS name. */
  readonly address: Address | undefined;
  /** DNS names by which this end is known, its own one included. */
  readonly names: readonly string[];
  /** What to call it in words. */
  readonly label: string;

  constructor(text: string, known: { readonly names?: readonly string[]; readonly label?: string } = {}) {
    this.address = parseAddress(text);
    this.text = canonical(text, this.address);
    const names = known.names?.map(canonicalName) ?? [];
    this.names = this.address === undefined ? [this.text, ...names] : names;
    this.label = known.label ?? this.text;
  }

  /** 127.0.0.0/8 and ::1 never leave their host. */
  get isLoopback(): boolean {
    return this.text === "::1" || (this.text.startsWith("127.") && this.address !== undefined);
  }
}

function canonical(text: string, address: Address | undefined): string {
  if (address === undefined) return canonicalName(text);
  // There is only one way to write an IPv4 address.
  return text.includes(":") ? formatAddress(address) : text;
}

function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** A flow as one host sees it, its ends read. */
export interface LocalFlow {
  readonly direction: "ingress" | "egress";
  readonly local: FlowEnd;
  readonly peer: FlowEnd;
  readonly protocol: number;
  readonly number: number;
  readonly sourcePort: number | undefined;
  /** The local process. */
  readonly unit: string | undefined;
  readonly user: string | undefined;
  readonly now: number | undefined;
}
