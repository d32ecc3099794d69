/** The one table that a fake kernel holds. */

export interface FakeSet {
  /** `type ipv4_addr`, `flags interval`, `comment "…"`, in the order given. */
  readonly properties: readonly string[];
  readonly elements: ReadonlySet<string>;
}

export interface FakeChain {
  /** `type filter hook input priority filter + 10; policy drop;`; undefined for a chain that others jump to. */
  readonly hook: string | undefined;
  readonly rules: readonly string[];
}

/** Frozen: a transaction makes another one, which is taken as a whole or not at all. */
export interface FakeTable {
  readonly sets: ReadonlyMap<string, FakeSet>;
  readonly maps: ReadonlyMap<string, FakeSet>;
  readonly chains: ReadonlyMap<string, FakeChain>;
}

export const EMPTY: FakeTable = { sets: new Map(), maps: new Map(), chains: new Map() };

export function withEntry<T>(map: ReadonlyMap<string, T>, name: string, value: T): ReadonlyMap<string, T> {
  return new Map(map).set(name, value);
}

export function withoutEntry<T>(map: ReadonlyMap<string, T>, name: string): ReadonlyMap<string, T> {
  const rest = new Map(map);
  rest.delete(name);
  return rest;
}

/** What is wrong with a table, as the kernel would find when it commits; undefined for a good one. */
export function flawOf(table: FakeTable): string | undefined {
  for (const [name, { rules }] of table.chains)
    for (const rule of rules) {
      const chain = [...rule.matchAll(/\b(?:jump|goto) ([^\s,}]+)/g)].find(
        ([, target = ""]) => !table.chains.has(target),
      );
      if (chain !== undefined) return `chain ${name}: No such file or directory: chain ${chain[1]}`;
      const set = [...rule.matchAll(/@([^\s,}]+)/g)].find(
        ([, set = ""]) => !table.sets.has(set) && !table.maps.has(set),
      );
      if (set !== undefined) return `chain ${name}: No such file or directory: set ${set[1]}`;
    }
  return undefined;
}

/** As `nft -s list table` would print it, without the elements that time out (`stable`) or with them. */
export function listing(table: FakeTable, elements: "stable" | "all"): string {
  const sets = [...entries("set", table.sets, elements), ...entries("map", table.maps, elements)];
  const chains = [...table.chains].map(([name, { hook, rules }]) =>
    block(`chain ${name}`, [...(hook === undefined ? [] : [hook]), ...rules]),
  );
  return `table inet bulkhead {\n${[...sets, ...chains].join("\n")}}\n`;
}

function entries(kind: string, sets: ReadonlyMap<string, FakeSet>, elements: "stable" | "all"): string[] {
  return [...sets].map(([name, set]) => {
    const shown = elements === "all" || !isTimed(set) ? [...set.elements].sort() : [];
    return block(`${kind} ${name}`, [
      ...set.properties,
      ...(shown.length > 0 ? [`elements = { ${shown.join(", ")} }`] : []),
    ]);
  });
}

function block(head: string, lines: readonly string[]): string {
  return `\t${head} {\n${lines.map((line) => `\t\t${line}\n`).join("")}\t}\n`;
}

export function isTimed(set: FakeSet): boolean {
  return set.properties.some((property) => /^flags .*\btimeout\b/.test(property));
}
