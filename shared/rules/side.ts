import type { AddressSet } from "../net/address-set.ts";
import type { Process, Spectrum } from "./spectrum.ts";

/** One policy, as far as it tells ends of flows apart. Two of them are compared by cutting the world wherever either does. */
export interface Side {
  /** Blocks of addresses that rules name. */
  readonly blocks: readonly Noun[];
  /** Addresses that stand for themselves: those of hosts. */
  readonly points: readonly Point[];
  /** DNS names, each with a text that is equal for names that the rules treat alike. */
  readonly names: ReadonlyMap<string, string>;
  readonly nouns: Nouns;
  /** The processes that rules for a source tell apart; the unnamed one first. */
  processesOf(source: string): readonly Process[];
  /** What may pass from an address or DNS name to another, by this process. */
  spectrum(ends: { readonly source: string; readonly destination: string }, process: Process): Spectrum;
}

export interface Point {
  /** Canonical. */
  readonly address: string;
  /** Whose address it is; traffic between two addresses of one owner never leaves it. */
  readonly owner: string | undefined;
  /** Equal for addresses that are treated alike, but for the blocks that hold them. */
  readonly signature: string;
}

/** What has a name. */
export interface Nouns {
  /** Segments, then blocks, each the widest first. */
  readonly sets: readonly Noun[];
  readonly hosts: readonly Noun[];
}

/** A set of ends that people have a word for. */
export interface Noun {
  readonly label: string;
  readonly addresses: AddressSet;
  readonly names: ReadonlySet<string>;
}
