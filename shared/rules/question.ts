/** Reads what is asked: names of ends and services, as people write them. */

import { BulkheadError } from "../errors/bulkhead-error.ts";
import { formatAddress, parseAddress } from "../net/address.ts";
import { AddressSet } from "../net/address-set.ts";
import { parseRange } from "../net/range.ts";
import { parseServiceExpression, type Service, unionServices } from "../net/service.ts";
import { ANY, ANY_HOST } from "../policy/policy.ts";
import { nearest } from "../policy/suggest.ts";
import { type Ends, WORLD } from "./cells.ts";
import { segmentNoun, setOf } from "./nouns.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import { DISREGARDED } from "./service-words.ts";
import { Spans } from "./spans.ts";

export interface Question {
  /** A host's name, an address, a block, a segment's name (every member of it), or a DNS name of the policy. */
  readonly from: string;
  readonly to: string;
  /** An expression, a service's name, `all`, or several of these: as a list, or as one text with commas. */
  readonly service: string | readonly string[];
  /** The process that sends. */
  readonly unit?: string;
  readonly user?: string;
}

export interface AskedEnd extends Ends {
  /** As it was asked for. */
  readonly label: string;
  /** Its addresses, or its DNS name, where it is one host, one address or one name. */
  readonly texts?: readonly string[];
}

/** So many misspelt names are worth a search for what was meant; a stream of questions about another estate is not. */
const SUGGESTIONS = 50;

export class QuestionReader {
  readonly #resolved: ResolvedPolicy;
  readonly #services = new Map<string, Spans>();
  #suggestions = SUGGESTIONS;

  constructor(resolved: ResolvedPolicy) {
    this.#resolved = resolved;
  }

  /** The addresses of a host, or the address, if the end is one of these. */
  addresses(label: string): readonly string[] | undefined {
    const host = this.#resolved.hosts.get(label);
    if (host !== undefined) return host.addresses;
    const address = parseAddress(label);
    return address && [formatAddress(address)];
  }

  /** Throws `command/unknown-end`. */
  end(label: string): AskedEnd {
    const texts = this.addresses(label);
    if (texts !== undefined) return { label, texts, names: [], addresses: setOf(texts) };
    return this.#segment(label) ?? blockEnd(label) ?? this.#dnsName(label);
  }

  /**
   * The services that are asked about: without those that are never judged, unless there are no others. Throws `command/unknown-service`.
   */
  service(asked: Question["service"]): Spans {
    const texts = typeof asked === "string" ? [asked] : asked;
    return this.#services.getOrInsertComputed(texts.join("\n"), () => {
      const all = Spans.of(...texts.map((text) => this.#severalServices(text)));
      const judged = all.subtract(DISREGARDED);
      return judged.isEmpty ? all : judged;
    });
  }

  #segment(label: string): AskedEnd | undefined {
    const { policy, hosts, inventory } = this.#resolved;
    if (label === ANY_HOST)
      return { label, names: [], addresses: setOf([...hosts.values()].flatMap((host) => host.addresses)) };
    if (label === ANY) return { label, names: this.#dnsNames(), addresses: WORLD };
    const segment = policy.segments.get(label);
    if (segment === undefined) return undefined;
    const { addresses, names } = segmentNoun(segment, inventory);
    return { label, addresses, names: [...names] };
  }

  #dnsName(label: string): AskedEnd {
    const name = label.toLowerCase().replace(/\.$/, "");
    if (this.#dnsNames().includes(name))
      return { label, texts: [name], names: [name], addresses: AddressSet.empty };
    const { hosts, policy } = this.#resolved;
    throw this.#unknown("command/unknown-end", `there is no host and no segment '${label}'`, {
      word: label,
      known: () => [...hosts.keys(), ...policy.segments.keys(), ANY, ANY_HOST],
    });
  }

  #dnsNames(): readonly string[] {
    const segments = [...this.#resolved.policy.segments.values()];
    return segments.flatMap((segment) => (segment.kind === "names" ? segment.names : []));
  }

  /** A service's name may hold a comma, so the whole text is looked up first. */
  #severalServices(text: string): Service {
    if (this.#resolved.policy.services.has(text) || !text.includes(",")) return this.#oneService(text);
    return unionServices(...text.split(",").map((part) => this.#oneService(part.trim())));
  }

  #oneService(text: string): Service {
    const { services } = this.#resolved.policy;
    const named = services.get(text);
    if (named !== undefined) return named.service;
    const read = parseServiceExpression(text);
    if (read === "all" || !("problem" in read)) return read;
    const isExpression = text.includes("/");
    throw this.#unknown(
      "command/unknown-service",
      isExpression ? read.problem : `there is no service '${text}'`,
      {
        word: text,
        known: () => [
          ...(read.meant === undefined ? [] : [read.meant]),
          ...services.keys(),
          ...(read.known ?? []),
        ],
      },
    );
  }

  #unknown(
    code: "command/unknown-end" | "command/unknown-service",
    message: string,
    { word, known }: { word: string; known: () => readonly string[] },
  ): BulkheadError {
    const near = this.#suggestions-- > 0 ? nearest(word, known()) : undefined;
    return new BulkheadError(code, message, near === undefined ? {} : { remedy: `Did you mean '${near}'?` });
  }
}

function blockEnd(label: string): AskedEnd | undefined {
  const range = parseRange(label);
  return "problem" in range ? undefined : { label, names: [], addresses: AddressSet.of([range]) };
}
