/** The trees of all files -> Policy. With problems it is not whole, and not to be used. */

import { LIMITS } from "../limits.ts";
import type { Modes, Policy } from "../policy.ts";
import { PolicyShape } from "../shapes.ts";
import type { Problems } from "../text/problems.ts";
import type { TreeNode } from "../text/tree.ts";
import { Budget } from "./budget.ts";
import { type Fields, Keys, readFields } from "./fields.ts";
import { HostReader } from "./hosts.ts";
import { InvariantReader } from "./invariants.ts";
import { Known } from "./known.ts";
import { readModes } from "./modes.ts";
import { RuleReader } from "./rules.ts";
import { type Declared, readDeclarations, readItems, type Section } from "./section.ts";
import { readSegment } from "./segments.ts";
import { Services } from "./services.ts";
import { TestReader } from "./tests.ts";
import { readText } from "./values.ts";

const KEYS = new Keys("a policy", PolicyShape);
type Key = "$schema" | "mode" | "segments" | "services" | "rules" | "hosts" | "tests" | "never" | "always";
type Named = "segments" | "services" | "hosts";

/** `complete` is false where a file could not be read, so that names may be unknown that are given there. */
export function readPolicy(
  trees: readonly TreeNode[],
  { problems, complete }: { problems: Problems; complete: boolean },
): Policy {
  const files = trees.flatMap((tree) => readFields(tree, KEYS, problems) ?? []);
  for (const file of files) file.read("$schema", readText, problems);
  const declared = {
    segments: readNamed(files, "segments", problems),
    services: readNamed(files, "services", problems),
    hosts: readNamed(files, "hosts", problems),
    complete,
  };
  const addresses = new Budget({ limit: LIMITS.addresses, noun: "addresses" }, problems);
  const segments = readAll(declared.segments, (one) => readSegment(one, { problems, addresses }));
  const hostReader = new HostReader(problems, addresses);
  const hosts = readAll(declared.hosts, (one) => hostReader.read(one));
  const services = new Services(declared.services, { problems, complete });
  const context = { known: new Known(declared, segments), services };
  return {
    mode: readTopMode(files, problems),
    segments,
    services: services.readNamed(),
    rules: readRules(files, new RuleReader(context, problems), problems),
    hosts,
    tests: readTests(files, new TestReader(context, problems), problems),
    invariants: readInvariants(files, new InvariantReader(context, problems), problems),
  };
}

function readRules(files: readonly Fields<Key>[], reader: RuleReader, problems: Problems): Policy["rules"] {
  const items = readItems(
    sectionsOf(files, "rules", problems),
    { noun: "rule", limit: LIMITS.rules },
    problems,
  );
  return items.flatMap((item) => reader.read(item) ?? []);
}

function readTests(files: readonly Fields<Key>[], reader: TestReader, problems: Problems): Policy["tests"] {
  const items = readItems(
    sectionsOf(files, "tests", problems),
    { noun: "test", limit: LIMITS.tests },
    problems,
  );
  return items.flatMap((item) => reader.read(item) ?? []);
}

/** One of them may stand without a list around it. */
function readInvariants(
  files: readonly Fields<Key>[],
  reader: InvariantReader,
  problems: Problems,
): Policy["invariants"] {
  return (["never", "always"] as const).flatMap((kind) => {
    const sections = sectionsOf(files, kind, problems).map(({ node, wanted }) => ({
      wanted,
      node: node.kind === "map" ? { ...node, kind: "list" as const, items: [node] } : node,
    }));
    const items = readItems(sections, { noun: "invariant", limit: LIMITS.invariants }, problems);
    return items.flatMap((item) => reader.read(kind, item) ?? []);
  });
}

function readNamed(
  files: readonly Fields<Key>[],
  key: Named,
  problems: Problems,
): ReadonlyMap<string, Declared> {
  const noun = { segments: "segment", services: "service", hosts: "host" } as const;
  return readDeclarations(
    sectionsOf(files, key, problems),
    { noun: noun[key], limit: LIMITS[key] },
    problems,
  );
}

function sectionsOf(files: readonly Fields<Key>[], key: Key, problems: Problems): readonly Section[] {
  return files.flatMap((file) => file.read(key, (node, wanted) => ({ node, wanted }), problems) ?? []);
}

function readAll<Value>(
  declared: ReadonlyMap<string, Declared>,
  read: (one: Declared) => Value | undefined,
): ReadonlyMap<string, Value> {
  const all = new Map<string, Value>();
  for (const [name, one] of declared) {
    const value = read(one);
    if (value !== undefined) all.set(name, value);
  }
  return all;
}

/** The mode of hosts whose segments name none; one for the whole policy, wherever it stands. */
function readTopMode(files: readonly Fields<Key>[], problems: Problems): Modes {
  const [first, ...others] = files.filter((file) => file.has("mode"));
  for (const other of others) {
    const related = first && { place: first.placeOf("mode"), message: "it is first given here" };
    problems.add(
      "policy/duplicate-key",
      other.placeOf("mode"),
      "'mode' is given twice in one policy",
      related && { related },
    );
    other.read("mode", readModes, problems);
  }
  return { ingress: "enforce", egress: "enforce", ...first?.read("mode", readModes, problems) };
}
