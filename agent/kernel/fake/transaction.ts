/** What a transaction in nft's language does to a table: as much of the language as our own transactions speak. */

import type { Statement } from "./statement.ts";
import { EMPTY, type FakeChain, type FakeSet, type FakeTable, withEntry, withoutEntry } from "./table.ts";

/** Undefined: there is no table. */
export type Tables = FakeTable | undefined;

/** The tables after this statement at the top of a transaction. Throws SyntaxError, in nft's manner. */
export function applyStatement(table: Tables, statement: Statement): Tables {
  const [verb = "", ...words] = statement.text.split(" ");
  if (verb === "create" && words[0] === "table" && table !== undefined) throw wrong(statement, "File exists");
  if (
    verb === "table" ||
    (verb === "create" && words[0] === "table") ||
    (verb === "add" && words[0] === "table")
  )
    return applyBlock(table ?? EMPTY, statement.block ?? []);
  const [kind = "", family, owner, name = "", ...rest] = words;
  if (family !== "inet" || owner !== "bulkhead") throw wrong(statement, "syntax error");
  if (verb === "delete" && kind === "table") return table === undefined ? missing(statement) : undefined;
  if (verb === "destroy" && kind === "table") return undefined;
  if (table === undefined) return missing(statement);
  switch (verb) {
    case "flush":
      return flush(table, statement, { kind, name });
    case "delete":
      return remove(table, statement, { kind, name });
    case "add":
      return add(table, statement, { kind, name, rest: rest.join(" ") });
    default:
      throw wrong(statement, "syntax error");
  }
}

interface Named {
  readonly kind: string;
  readonly name: string;
}

/** The inside of `table inet bulkhead { … }`: everything in it is added to what is there. */
function applyBlock(table: FakeTable, block: readonly Statement[]): FakeTable {
  return block.reduce((before, statement) => {
    const [kind = "", name = ""] = statement.text.split(" ");
    return add(before, statement, { kind, name, rest: "" });
  }, table);
}

function add(
  table: FakeTable,
  statement: Statement,
  { kind, name, rest }: Named & { readonly rest: string },
): FakeTable {
  const { sets, maps, chains } = table;
  const inner = (statement.block ?? []).map(({ text }) => text);
  switch (kind) {
    case "set":
      return { ...table, sets: withEntry(sets, name, addToSet(sets.get(name), inner)) };
    case "map":
      return { ...table, maps: withEntry(maps, name, addToSet(maps.get(name), inner)) };
    case "chain":
      return { ...table, chains: withEntry(chains, name, addToChain(chains.get(name), inner)) };
    case "rule":
      if (!chains.has(name)) return missing(statement);
      return { ...table, chains: withEntry(chains, name, addToChain(chains.get(name), [rest])) };
    case "element":
      if (!sets.has(name)) return missing(statement);
      return { ...table, sets: withEntry(sets, name, addToSet(sets.get(name), [`elements = ${rest}`])) };
    default:
      throw wrong(statement, "syntax error, unexpected string");
  }
}

function addToSet(before: FakeSet | undefined, lines: readonly string[]): FakeSet {
  const elements = new Set(before?.elements);
  for (const line of lines)
    for (const element of /^elements = \{(.*)\}$/.exec(line)?.[1]?.split(",") ?? [])
      if (element.trim() !== "") elements.add(element.trim());
  const properties = lines.filter((line) => !line.startsWith("elements"));
  return { properties: before?.properties ?? properties, elements };
}

function addToChain(before: FakeChain | undefined, lines: readonly string[]): FakeChain {
  const hook = lines.filter((line) => /^(?:type|policy) /.test(line));
  const rules = lines.filter((line) => !hook.includes(line));
  return {
    hook: hook.length > 0 ? `${hook.join("; ")};` : before?.hook,
    rules: [...(before?.rules ?? []), ...rules],
  };
}

function flush(table: FakeTable, statement: Statement, { kind, name }: Named): FakeTable {
  const { sets, chains } = table;
  const emptied = (chain: FakeChain): FakeChain => ({ ...chain, rules: [] });
  const [chain, set] = [chains.get(name), sets.get(name)];
  if (kind === "table")
    return { ...table, chains: new Map([...chains].map(([one, at]) => [one, emptied(at)])) };
  if (kind === "chain" && chain !== undefined)
    return { ...table, chains: withEntry(chains, name, emptied(chain)) };
  if (kind === "set" && set !== undefined)
    return { ...table, sets: withEntry(sets, name, { ...set, elements: new Set() }) };
  return missing(statement);
}

function remove(table: FakeTable, statement: Statement, { kind, name }: Named): FakeTable {
  const { sets, maps, chains } = table;
  if (kind === "chain" && chains.has(name)) return { ...table, chains: withoutEntry(chains, name) };
  if (kind === "set" && sets.has(name)) return { ...table, sets: withoutEntry(sets, name) };
  if (kind === "map" && maps.has(name)) return { ...table, maps: withoutEntry(maps, name) };
  return missing(statement);
}

function missing(statement: Statement): never {
  throw wrong(statement, "No such file or directory");
}

function wrong({ line, text }: Statement, words: string): SyntaxError {
  return new SyntaxError(`line ${line}, '${text}': ${words}`);
}
