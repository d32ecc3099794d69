/** Which segment stands for a host in a suggested rule: one of the policy's, else one by its labels that is suggested with it. */

import { labelOf } from "../policy/labels.ts";
import { looksLikeAddress } from "../policy/read/names.ts";
import { parseSelector } from "../policy/selector.ts";
import type { HostRecord, Inventory } from "../segments/inventory.ts";
import type { LabelledSegment } from "./estate-suggestion.ts";

/** What a host does is said by the first of these labels that it has. Where it runs (`env`, `zone`) is a matter of `same`. */
const ROLES = ["role", "tier", "component", "app"] as const;
/** What no selector has to quote. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

interface Role {
  readonly label: string;
  readonly value: string;
}

export class Standing {
  readonly #inventory: Inventory;
  readonly #taken: ReadonlySet<string>;
  readonly #segments = new Map<string, string>();
  readonly #hosts = new Map<string, string[]>();
  /** By segment, what its hosts do. */
  readonly #roles = new Map<string, ReadonlySet<string>>();
  readonly #suggested = new Map<string, { readonly name: string; readonly hosts: string[] }>();
  /** Which apps have hosts with a role. */
  readonly #apps = new Map<string, Set<string | undefined>>();

  /** `taken`: names that the policy has given already. */
  constructor(inventory: Inventory, taken: Iterable<string>) {
    this.#inventory = inventory;
    this.#taken = new Set(taken);
    for (const host of inventory.hosts.values()) {
      const role = roleOf(host);
      if (role === undefined) continue;
      const apps = this.#apps.getOrInsertComputed(JSON.stringify(role), () => new Set());
      apps.add(labelOf(host.labels, "app"));
    }
    // In the order of names, so that the same estate has the same names whatever was seen first.
    for (const host of [...inventory.hosts.values()].sort((a, b) => (a.name < b.name ? -1 : 1)))
      this.#place(host.name, this.#ofPolicy(host) ?? this.#byLabels(host));
  }

  #place(host: string, segment: string | undefined): void {
    if (segment === undefined) return;
    this.#segments.set(host, segment);
    this.#hosts.getOrInsertComputed(segment, () => []).push(host);
  }

  segmentOf(host: string): string | undefined {
    return this.#segments.get(host);
  }

  /** The segments that stand for any host. */
  get names(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  /** The hosts that a segment stands for here. */
  hostsOf(segment: string): readonly string[] {
    return this.#hosts.get(segment) ?? [];
  }

  /** Of these, those that the policy does not have yet. */
  suggested(used: ReadonlySet<string>): readonly LabelledSegment[] {
    return [...this.#suggested]
      .map(([selector, { name, hosts }]) => ({ name, selector, hosts }))
      .filter(({ name }) => used.has(name));
  }

  /** The widest segment whose hosts all do the same; where labels say nothing of that, the narrowest one. */
  #ofPolicy(host: HostRecord): string | undefined {
    const size = (segment: string) => this.#inventory.members(segment).length;
    const narrowest = [...host.segments].sort((a, b) => size(a) - size(b) || (a < b ? -1 : 1));
    const role = roleOf(host);
    if (role === undefined) return narrowest[0];
    return narrowest.findLast((segment) => this.#isAlike(segment, role));
  }

  #isAlike(segment: string, role: Role): boolean {
    const roles = this.#roles.getOrInsertComputed(
      segment,
      (name) => new Set(this.#inventory.members(name).map((one) => JSON.stringify(roleOf(one)))),
    );
    return roles.size === 1 && roles.has(JSON.stringify(role));
  }

  #byLabels(host: HostRecord): string | undefined {
    const { selector, wish } = this.#selectorOf(host);
    // A name that no selector can say: there is no segment of this host alone.
    if ("problem" in parseSelector(selector)) return undefined;
    const segment = this.#suggested.getOrInsertComputed(selector, () => ({
      name: this.#freeName(wish),
      hosts: [],
    }));
    segment.hosts.push(host.name);
    return segment.name;
  }

  #selectorOf(host: HostRecord): { readonly selector: string; readonly wish: string } {
    const role = roleOf(host);
    if (role === undefined) return { selector: `host=${host.name}`, wish: `host-${host.name}` };
    const { label, value } = role;
    const app = labelOf(host.labels, "app");
    const apps = this.#apps.get(JSON.stringify(role)) ?? new Set();
    if (label === "app" || apps.size < 2) return { selector: `${label}=${value}`, wish: value };
    if (app === undefined || !PLAIN.test(app)) return { selector: `${label}=${value}, !app`, wish: value };
    return { selector: `app=${app}, ${label}=${value}`, wish: `${app}-${value}` };
  }

  #freeName(wish: string): string {
    const base = looksLikeAddress(wish) || wish.startsWith("any") ? `segment-${wish}` : wish;
    const names = new Set([...this.#taken, ...[...this.#suggested.values()].map(({ name }) => name)]);
    if (!names.has(base)) return base;
    for (let at = 2; ; at++) if (!names.has(`${base}-${at}`)) return `${base}-${at}`;
  }
}

function roleOf({ labels }: HostRecord): Role | undefined {
  for (const label of ROLES) {
    const value = labelOf(labels, label);
    if (value !== undefined && PLAIN.test(value)) return { label, value };
  }
  return undefined;
}
