/** Reads maps whose keys are given by a shape. */

import type { z } from "zod";
import type { Place } from "../place.ts";
import { expectedOf } from "../shapes.ts";
import { nearest } from "../suggest.ts";
import type { Problems } from "../text/problems.ts";
import { isNothing, type MapEntry, type MapNode, placeOf, quote, type TreeNode } from "../text/tree.ts";
import { type Wanted, wrongType } from "./values.ts";

/** The keys that a shape has; made once for each shape. */
export class Keys<Key extends string> {
  /** What the map is, in words: `a rule`. */
  readonly noun: string;
  readonly all: readonly Key[];
  readonly required: readonly Key[];
  readonly #expected: ReadonlyMap<string, string>;

  constructor(noun: string, shape: z.ZodObject<Record<Key, z.ZodType>>) {
    this.noun = noun;
    this.all = Object.keys(shape.shape) as Key[];
    this.required = this.all.filter((key) => !shape.shape[key].isOptional());
    this.#expected = new Map(this.all.map((key) => [key, expectedOf(shape.shape[key])]));
  }

  has(name: string): name is Key {
    return this.#expected.has(name);
  }

  /** What a key's value should be, for messages. */
  wanted(key: Key): Wanted {
    return { subject: `'${key}'`, expected: this.#expected.get(key) ?? "a value" };
  }
}

/** The entries of one map, each key at most once, each with a value. */
export class Fields<Key extends string> {
  readonly place: Place;
  readonly #keys: Keys<Key>;
  readonly #entries: ReadonlyMap<Key, MapEntry>;
  readonly #misspelt: ReadonlySet<string>;

  constructor(place: Place, keys: Keys<Key>, { entries, misspelt }: Entries<Key>) {
    this.place = place;
    this.#keys = keys;
    this.#entries = entries;
    this.#misspelt = misspelt;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** Whether the key is neither there nor, as far as can be told, there and misspelt: one slip is one problem. */
  lacks(key: Key): boolean {
    return !this.has(key) && !this.#misspelt.has(key);
  }

  /** Reads a key's value with a function that is told what is expected there; undefined where the key is not given. */
  read<Value>(
    key: Key,
    read: (node: TreeNode, wanted: Wanted, problems: Problems) => Value | undefined,
    problems: Problems,
  ): Value | undefined {
    const entry = this.#entries.get(key);
    // A key without a value has been reported.
    return entry === undefined || isNothing(entry.value)
      ? undefined
      : read(entry.value, this.#keys.wanted(key), problems);
  }

  /** Where the key stands; the map's place where it does not. */
  placeOf(key: Key): Place {
    const entry = this.#entries.get(key);
    return entry === undefined ? this.place : placeOf(entry.key);
  }
}

/** Reports what is no map, unknown keys, keys given twice, keys without a value and missing ones. */
export function readFields<Key extends string>(
  node: TreeNode,
  keys: Keys<Key>,
  problems: Problems,
): Fields<Key> | undefined {
  if (node.kind !== "map") {
    wrongType(node, { subject: keys.noun, expected: `a map with ${listed(keys.all)}` }, problems);
    return undefined;
  }
  const fields = new Fields(placeOf(node), keys, readEntries(node, keys, problems));
  for (const key of keys.required)
    if (fields.lacks(key)) {
      const { expected } = keys.wanted(key);
      problems.add("policy/missing-key", placeOf(node), `${keys.noun} has no '${key}', expected ${expected}`);
    }
  return fields;
}

interface Entries<Key extends string> {
  readonly entries: ReadonlyMap<Key, MapEntry>;
  /** Known keys that unknown ones were probably meant to be. */
  readonly misspelt: ReadonlySet<string>;
}

function readEntries<Key extends string>(node: MapNode, keys: Keys<Key>, problems: Problems): Entries<Key> {
  const entries = new Map<Key, MapEntry>();
  const misspelt = new Set<string>();
  for (const entry of node.entries) {
    const name = String(entry.key.value);
    if (!keys.has(name)) {
      misspelt.add(unknownKey(entry, keys, problems) ?? "");
      continue;
    }
    const first = entries.get(name);
    if (first !== undefined) {
      const related = { place: placeOf(first.key), message: "it is first given here" };
      problems.add("policy/duplicate-key", placeOf(entry.key), `'${name}' is given twice`, { related });
      continue;
    }
    entries.set(name, entry);
    if (isNothing(entry.value)) {
      const { subject, expected } = keys.wanted(name);
      problems.add("policy/empty-value", placeOf(entry.key), `${subject} has no value, expected ${expected}`);
    }
  }
  return { entries, misspelt };
}

/** Reports a key that is not known, and gives the known one that was probably meant. */
function unknownKey<Key extends string>(
  { key }: MapEntry,
  keys: Keys<Key>,
  problems: Problems,
): string | undefined {
  const near = problems.isFull ? undefined : nearest(String(key.value), keys.all);
  const hint = near === undefined ? {} : { hint: `did you mean '${near}'?` };
  const message = `${keys.noun} has the unknown key ${quote(String(key.value))}, expected ${listed(keys.all)}`;
  problems.add("policy/unknown-key", placeOf(key), message, hint);
  return near;
}

function listed(names: readonly string[]): string {
  const shown = names.filter((name) => !name.startsWith("$"));
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}
