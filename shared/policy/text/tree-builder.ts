import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from "yaml";
import { formatCount, LIMITS } from "../limits.ts";
import type { Problems } from "./problems.ts";
import type { Source } from "./source.ts";
import type { SyntaxFaults } from "./syntax-faults.ts";
import { describe, type MapEntry, placeOf, type ScalarNode, type TreeNode } from "./tree.ts";

/** Makes a tree of the YAML library's nodes: aliases followed, keys checked to be text. */
export class TreeBuilder {
  readonly #source: Source;
  readonly #faults: SyntaxFaults;
  readonly #problems: Problems;
  readonly #anchors = new Map<string, Anchored | "unfinished">();
  /** Values so far, those that aliases stand for included: what a reader of the tree will visit. */
  #values = 0;
  /** Values that aliases stand for, in this file and those before it. */
  readonly #aliased: AliasCount;

  constructor(
    source: Source,
    { faults, problems, aliased }: { faults: SyntaxFaults; problems: Problems; aliased: AliasCount },
  ) {
    this.#source = source;
    this.#faults = faults;
    this.#problems = problems;
    this.#aliased = aliased;
  }

  /** `at` is the place of a node that is not written. */
  build(node: Node | null, at: number): TreeNode {
    if (isAlias(node)) return this.#follow(node, at);
    const anchor = node !== null && "anchor" in node ? node.anchor : undefined;
    const before = this.#values++;
    if (anchor !== undefined) this.#anchors.set(anchor, "unfinished");
    const built = this.#buildPlain(node, at);
    if (anchor !== undefined) this.#anchors.set(anchor, { node: built, values: this.#values - before });
    return built;
  }

  #buildPlain(node: Node | null, at: number): TreeNode {
    const offset = node?.range?.[0] ?? at;
    const written = { source: this.#source, offset };
    if (isMap(node)) {
      const entries = node.items.flatMap((pair) => this.#buildEntry(pair as Pair<Node, Node | null>, offset));
      return { kind: "map", entries, ...written };
    }
    if (isSeq(node))
      return { kind: "list", items: node.items.map((item) => this.build(item as Node, offset)), ...written };
    return { kind: "scalar", ...scalarOf(node), ...written };
  }

  #buildEntry({ key, value }: Pair<Node, Node | null>, at: number): MapEntry[] {
    const name = this.build(key, at);
    const end = key.range?.[1] ?? at;
    const entryValue = this.build(value, end);
    return this.#isUsableKey(name) ? [{ key: name, value: entryValue }] : [];
  }

  #isUsableKey(key: TreeNode): key is ScalarNode {
    if (key.kind !== "scalar")
      this.#problems.add("policy/unsupported-yaml", placeOf(key), `a key is ${describe(key)}, expected text`);
    else if (typeof key.value !== "string") {
      const hint = key.value === null ? {} : { hint: `write "${key.written}" in quotes` };
      this.#problems.add("policy/wrong-type", placeOf(key), `a key is ${describe(key)}, expected text`, hint);
    } else if (key.value === "<<")
      this.#problems.add("policy/unsupported-yaml", placeOf(key), "merge keys (<<) are not allowed");
    else return true;
    return false;
  }

  #follow(alias: Alias, at: number): TreeNode {
    const offset = alias.range?.[0] ?? at;
    const target = this.#anchors.get(alias.source);
    if (target !== undefined && target !== "unfinished") {
      this.#values += target.values;
      this.#aliased.values += target.values;
      if (this.#aliased.values > LIMITS.aliasedValues)
        this.#faults.fatal(
          offset,
          `aliases stand for more than ${formatCount(LIMITS.aliasedValues)} values`,
          {
            code: "policy/limit-exceeded",
          },
        );
      return target.node;
    }
    this.#faults.add(
      offset,
      target === undefined
        ? `the alias '*${alias.source}' has no anchor '&${alias.source}' before it`
        : `the alias '*${alias.source}' stands inside the value that it stands for`,
    );
    return { kind: "scalar", value: null, written: "", source: this.#source, offset };
  }
}

/** Counts over all files of a policy. */
export interface AliasCount {
  values: number;
}

interface Anchored {
  readonly node: TreeNode;
  readonly values: number;
}

function scalarOf(node: Node | null): Pick<ScalarNode, "value" | "written"> {
  if (!isScalar(node)) return { value: null, written: "" };
  const { value, source } = node as Scalar;
  const known = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return { value: known ? value : null, written: source ?? "" };
}
