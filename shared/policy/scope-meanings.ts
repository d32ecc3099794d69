/** What parts of a policy come to, as numbers: equal for parts of two policies that have the same effect, wherever they stand and whatever else the words in them mean there. */

import { formatRange } from "../net/range.ts";
import type { Place } from "./place.ts";
import type { Endpoint, Host, Invariant, Policy, PolicyTest, Rule, Segment } from "./policy.ts";

/** One for all that is compared. Every text is kept once, so that a large segment in many rules costs as much as in one. */
export class Meanings {
  readonly #numbers = new Map<string, number>();
  readonly #definitions = new Map<Segment, number>();

  /** Of anything that JSON can tell. */
  of(value: unknown): number {
    return this.#numbers.getOrInsertComputed(JSON.stringify(value), () => this.#numbers.size);
  }

  rule({ name, place, action, service, from, to, same, expires, note }: Rule, policy: Policy): number {
    const ends = (list: readonly Endpoint[]) => list.map((end) => this.#end(end, policy)).sort();
    return this.of([
      ...[named(name, place), action, this.of(service), ends(from), ends(to)],
      ...[[...same].sort(), expires ?? null, note ?? null],
    ]);
  }

  test({ from, to, unit, user, allow, deny }: PolicyTest, policy: Policy): number {
    const services = (list: PolicyTest["allow"]) => list.map(({ service }) => this.of(service)).sort();
    const ends = [this.#noun(from, policy), this.#noun(to, policy)];
    return this.of([...ends, unit ?? null, user ?? null, services(allow), services(deny)]);
  }

  invariant({ kind, name, place, from, to, service, unit, user }: Invariant, policy: Policy): number {
    const nouns = (list: readonly string[]) => list.map((noun) => this.#noun(noun, policy)).sort();
    const ends = [nouns(from), nouns(to)];
    return this.of([kind, named(name, place), ...ends, this.of(service), unit ?? null, user ?? null]);
  }

  host({ name, addresses, labels }: Host): number {
    return this.of([name, [...addresses].sort(), Object.entries(labels).sort()]);
  }

  /** Without its name and its mode. */
  definition(segment: Segment | undefined): number {
    if (segment === undefined) return this.of(null);
    return this.#definitions.getOrInsertComputed(segment, () => this.of(defined(segment)));
  }

  #end(end: Endpoint, policy: Policy): number {
    if (end.kind === "addresses") return this.of([formatRange(end.range)]);
    const { segment, unit = null, user = null } = end;
    return this.of([this.#noun(segment, policy), unit, user]);
  }

  /** A name with what it stands for: the same word for other addresses is another thing. */
  #noun(noun: string, { segments }: Policy): number {
    return this.of(["noun", noun, this.definition(segments.get(noun))]);
  }
}

/** Whether an author gave the name: the other names are places, which move. */
export function isNamed(name: string, { file, line }: Place): boolean {
  return name !== `${file}:${line}`;
}

function named(name: string, place: Place): string | null {
  return isNamed(name, place) ? name : null;
}

function defined(segment: Segment): readonly unknown[] {
  switch (segment.kind) {
    case "select":
      return ["select", segment.selector.requirements];
    case "addresses":
      return ["addresses", segment.ranges.map(formatRange)];
    case "names":
      return ["names", [...segment.names].sort()];
  }
}
