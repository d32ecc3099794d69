/** Services: expressions, names of services, and lists of both. */

import { type Service, unionServices } from "../../net/service.ts";
import { formatCount, LIMITS } from "../limits.ts";
import type { NamedService, TestedService } from "../policy.ts";
import type { Problems } from "../text/problems.ts";
import { isNothing, placeOf, quote, type TreeNode } from "../text/tree.ts";
import { Budget } from "./budget.ts";
import { hintAt } from "./hint.ts";
import type { Declared } from "./section.ts";
import { isExpression, PROTOCOL_WORDS, portAlone, readExpression } from "./service-expression.ts";
import { readOneOrMore, readText, type TextNode, type Wanted } from "./values.ts";

/** What a name stands for, and how many services lie inside one another in it. */
interface Resolved {
  readonly service: Service;
  readonly depth: number;
}

const NOTHING: Resolved = { service: [], depth: 0 };

export class Services {
  readonly #declared: ReadonlyMap<string, Declared>;
  readonly #problems: Problems;
  readonly #complete: boolean;
  readonly #resolved = new Map<string, Resolved>();
  /** The names that are being resolved, outermost first. */
  readonly #path: string[] = [];
  readonly #unions = new Map<string, Service>();
  readonly #parts: Budget;

  /** `complete` is false where a file could not be read: then a name that is not known may still be defined. */
  constructor(
    declared: ReadonlyMap<string, Declared>,
    { problems, complete }: { problems: Problems; complete: boolean },
  ) {
    this.#declared = declared;
    this.#problems = problems;
    this.#complete = complete;
    this.#parts = new Budget(
      { limit: LIMITS.ruleParts, noun: "port ranges and types in its rules" },
      problems,
    );
  }

  readNamed(): ReadonlyMap<string, NamedService> {
    return new Map(
      [...this.#declared.values()].map((declared) => {
        const { name, key } = declared;
        return [name, { name, place: placeOf(key), service: this.#resolve(declared).service }];
      }),
    );
  }

  /** The services of a rule or a test, each with its place. Those that have a problem are empty. */
  read(node: TreeNode, wanted: Wanted): readonly TestedService[] {
    return this.#readTexts(node, wanted).map((text) => ({
      text: text.value,
      place: placeOf(text),
      service: this.#readOne(text).service,
    }));
  }

  /** All of them as one. */
  union(services: readonly TestedService[], node: TreeNode): Service {
    const [first, ...others] = services;
    if (first === undefined || others.length === 0) return first?.service ?? [];
    const key = services.map(({ text }) => text).join("\n");
    const known = this.#unions.get(key);
    if (known !== undefined) return known;
    const union = this.#bounded(unionServices(...services.map(({ service }) => service)), node);
    this.#unions.set(key, union);
    return this.#parts.take(union.length, () => placeOf(node)) ? union : [];
  }

  #readTexts(node: TreeNode, wanted: Wanted): readonly TextNode[] {
    const item = {
      subject: node.kind === "list" ? `an item of ${wanted.subject}` : wanted.subject,
      expected: node.kind === "list" ? "an expression or a service's name" : wanted.expected,
      meantBy: portAlone,
    };
    const nodes = readOneOrMore(node, wanted, this.#problems) ?? [];
    return nodes.flatMap((one) => readText(one, item, this.#problems) ?? []);
  }

  #readOne(text: TextNode): Resolved {
    if (isExpression(text.value)) return { service: readExpression(text, this.#problems) ?? [], depth: 0 };
    const declared = this.#declared.get(text.value);
    if (declared === undefined) {
      if (this.#complete) this.#unknown(text);
      return NOTHING;
    }
    if (this.#path.includes(declared.name)) {
      this.#cycle(text, declared);
      return NOTHING;
    }
    return this.#resolve(declared);
  }

  #resolve(declared: Declared): Resolved {
    const known = this.#resolved.get(declared.name);
    if (known !== undefined) return known;
    const resolved = this.#resolveAnew(declared);
    this.#resolved.set(declared.name, resolved);
    return resolved;
  }

  #resolveAnew({ name, key, value }: Declared): Resolved {
    const wanted = { subject: `the service ${quote(name)}`, expected: "a service or a list of services" };
    if (isNothing(value)) {
      const message = `${wanted.subject} has no value, expected ${wanted.expected}`;
      this.#problems.add("policy/empty-value", placeOf(key), message);
      return NOTHING;
    }
    this.#path.push(name);
    // Beyond the limit nothing is followed, so that the recursion ends.
    const texts = this.#path.length > LIMITS.serviceDepth ? [] : this.#readTexts(value, wanted);
    const parts = texts.map((text) => this.#readOne(text));
    const tooDeep = this.#path.length > LIMITS.serviceDepth;
    this.#path.pop();
    const depth = 1 + Math.max(0, ...parts.map((part) => part.depth));
    if (tooDeep || depth > LIMITS.serviceDepth) {
      const message = `services lie more than ${LIMITS.serviceDepth} deep inside one another here`;
      this.#problems.add("policy/limit-exceeded", placeOf(key), message);
      return NOTHING;
    }
    return { service: this.#bounded(unionServices(...parts.map(({ service }) => service)), key), depth };
  }

  #bounded(service: Service, node: TreeNode): Service {
    if (service === "all" || service.length <= LIMITS.serviceParts) return service;
    const message = `a service comes to ${formatCount(service.length)} port ranges and types, and ${formatCount(LIMITS.serviceParts)} are the most that one may have`;
    this.#problems.add("policy/limit-exceeded", placeOf(node), message);
    return [];
  }

  #unknown(text: TextNode): void {
    const hint = hintAt(text.value, () => [...this.#declared.keys(), ...PROTOCOL_WORDS], this.#problems);
    this.#problems.add(
      "policy/unknown-service",
      placeOf(text),
      `there is no service ${quote(text.value)}`,
      hint,
    );
  }

  #cycle(text: TextNode, { name, key }: Declared): void {
    const circle = [...this.#path.slice(this.#path.indexOf(name)), name]
      .map((one) => quote(one))
      .join(" -> ");
    const related = { place: placeOf(key), message: `${quote(name)} is defined here` };
    this.#problems.add(
      "policy/service-cycle",
      placeOf(text),
      `the service ${quote(name)} includes itself: ${circle}`,
      { related },
    );
  }
}
