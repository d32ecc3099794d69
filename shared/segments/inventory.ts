import { type Address, formatAddress, parseAddress } from "../net/address.ts";
import type { Labels } from "../policy/labels.ts";
import { ANY_HOST, type Host, type Modes, type Policy, type SelectSegment } from "../policy/policy.ts";
import { LabelIndex } from "./label-index.ts";
import { modesOf } from "./modes.ts";
import { selects } from "./selector.ts";

/** A managed host with what follows from its labels. */
export interface HostRecord {
  readonly name: string;
  /** Canonical text, in the author's order. */
  readonly addresses: readonly string[];
  /** The label `host` included, which every host carries with its own name. */
  readonly labels: Labels;
  /** The `select` segments that it is a member of, in the policy's order. */
  readonly segments: readonly string[];
  readonly modes: Modes;
}

/** The managed hosts, and who is a member of what. */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, HostRecord>;
  /** The host that has this address. */
  hostOf(address: string | Address): HostRecord | undefined;
  /** The hosts of a `select` segment or of `any-host`, in the policy's order; none for every other name. */
  members(segment: string): readonly HostRecord[];
}

/** The inventory that a policy's own `hosts` section makes. */
export function buildInventory(policy: Policy): Inventory {
  const hosts = [...policy.hosts.values()];
  const labels = hosts.map((host): Labels => ({ ...host.labels, host: host.name }));
  const index = new LabelIndex(labels);
  const selected = new Map<SelectSegment, readonly number[]>();
  const segmentsOf: SelectSegment[][] = hosts.map(() => []);
  for (const segment of policy.segments.values()) {
    if (segment.kind !== "select") continue;
    const positions = index.select(segment.selector);
    selected.set(segment, positions);
    for (const host of positions) segmentsOf[host]?.push(segment);
  }
  const records = hosts.map((host, at): HostRecord => {
    const segments = segmentsOf[at] ?? [];
    return {
      name: host.name,
      addresses: host.addresses,
      labels: labels[at] ?? {},
      segments: segments.map(({ name }) => name),
      modes: modesOf(segments, policy.mode),
    };
  });
  return inventoryOf(records, selected);
}

/** A host by itself, as `buildInventory` would have it among others. */
export function hostRecord(policy: Policy, { name, addresses, labels: own }: Host): HostRecord {
  const labels: Labels = { ...own, host: name };
  const segments = [...policy.segments.values()].filter(
    (segment): segment is SelectSegment => segment.kind === "select" && selects(segment.selector, labels),
  );
  return {
    name,
    addresses,
    labels,
    segments: segments.map((segment) => segment.name),
    modes: modesOf(segments, policy.mode),
  };
}

function inventoryOf(
  records: readonly HostRecord[],
  selected: ReadonlyMap<SelectSegment, readonly number[]>,
): Inventory {
  const byName = new Map(records.map((record) => [record.name, record]));
  const byAddress = new Map(
    records.flatMap((record) => record.addresses.map((address) => [address, record])),
  );
  const members = new Map<string, readonly HostRecord[]>([[ANY_HOST, records]]);
  for (const [segment, positions] of selected)
    members.set(
      segment.name,
      positions.flatMap((at) => records[at] ?? []),
    );
  return {
    hosts: byName,
    hostOf: (address) =>
      byAddress.get(typeof address === "string" ? canonical(address) : formatAddress(address)),
    members: (segment) => members.get(segment) ?? [],
  };

  function canonical(text: string): string {
    if (byAddress.has(text)) return text;
    const address = parseAddress(text);
    return address === undefined ? text : formatAddress(address);
  }
}
