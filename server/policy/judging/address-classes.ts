import { parseAddress } from "@bulkhead/shared/net/address.ts";
import { BlockMap } from "@bulkhead/shared/rules/block-map.ts";
import { FlowEnd } from "@bulkhead/shared/rules/flow-end.ts";
import type { ServerEnd } from "@bulkhead/shared/rules/host-policy.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { resolvedSide } from "@bulkhead/shared/rules/resolved-side.ts";

/** Numbers addresses: equal where no policy and nothing else that judges recorded flows tells them apart, whatever flow they are an end of. */
export class AddressClasses {
  readonly #policies: readonly Told[];
  readonly #server: ReadonlySet<string>;
  readonly #numbers = new Map<string, number>();

  constructor(policies: readonly ResolvedPolicy[], server: readonly ServerEnd[]) {
    this.#policies = policies.map(toldBy);
    this.#server = new Set(server.map(({ address }) => address));
  }

  /** @param text canonical; what is no address is a class of its own. */
  of(text: string): number {
    return this.#numbers.getOrInsertComputed(this.#keyOf(text), () => this.#numbers.size);
  }

  #keyOf(text: string): string {
    const address = parseAddress(text);
    if (address === undefined || this.#server.has(text) || new FlowEnd(text).isLoopback) return text;
    return this.#policies
      .map(({ hosts, blocks }) => `${blocks.signatureOf(address)} ${hosts.get(text) ?? ""}`)
      .join("/");
  }
}

/** What one policy tells of addresses. */
interface Told {
  /** Address -> host. */
  readonly hosts: ReadonlyMap<string, string>;
  readonly blocks: BlockMap;
}

function toldBy(resolved: ResolvedPolicy): Told {
  const { blocks } = resolvedSide(resolved);
  const hosts = [...resolved.hosts.values()].flatMap(({ name, addresses }) =>
    addresses.map((address) => [address, name] as const),
  );
  return { hosts: new Map(hosts), blocks: new BlockMap(blocks.map(({ addresses }) => addresses)) };
}
