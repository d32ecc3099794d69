import { LIMITS } from "../limits.ts";
import type { PolicyTest, TestedService } from "../policy.ts";
import { TestShape } from "../shapes.ts";
import type { Problems } from "../text/problems.ts";
import { placeOf, quote, type TreeNode } from "../text/tree.ts";
import { readAddress } from "./addresses.ts";
import { Budget } from "./budget.ts";
import { Keys, readFields } from "./fields.ts";
import type { Known } from "./known.ts";
import { looksLikeAddress } from "./names.ts";
import { readUnit, readUser } from "./processes.ts";
import type { Services } from "./services.ts";
import { unknownEnd } from "./unknown-end.ts";
import { readText, type Wanted } from "./values.ts";

const KEYS = new Keys("a test", TestShape);

/** Reads tests one after the other. */
export class TestReader {
  readonly #known: Known;
  readonly #services: Services;
  readonly #problems: Problems;
  readonly #tested: Budget;

  constructor({ known, services }: { known: Known; services: Services }, problems: Problems) {
    this.#known = known;
    this.#services = services;
    this.#problems = problems;
    this.#tested = new Budget({ limit: LIMITS.testedServices, noun: "services in its tests" }, problems);
  }

  read(node: TreeNode): PolicyTest | undefined {
    const problems = this.#problems;
    const fields = readFields(node, KEYS, problems);
    if (fields === undefined) return undefined;
    const readEnd = (end: TreeNode, wanted: Wanted) => this.#readEnd(end, wanted);
    const from = fields.read("from", readEnd, problems);
    const to = fields.read("to", readEnd, problems);
    const unit = fields.read("unit", readUnit, problems);
    const user = fields.read("user", readUser, problems);
    const readServices = (some: TreeNode, wanted: Wanted) => this.#readServices(some, wanted);
    const allow = fields.read("allow", readServices, problems) ?? [];
    const deny = fields.read("deny", readServices, problems) ?? [];
    if (fields.lacks("allow") && fields.lacks("deny"))
      problems.add(
        "policy/missing-key",
        fields.place,
        "a test has neither 'allow' nor 'deny', expected at least one",
      );
    if (from === undefined || to === undefined) return undefined;
    return { place: fields.place, from, to, ...(unit && { unit }), ...(user && { user }), allow, deny };
  }

  #readServices(node: TreeNode, wanted: Wanted): readonly TestedService[] {
    const services = this.#services.read(node, wanted);
    return this.#tested.take(services.length, () => placeOf(node)) ? services : [];
  }

  #readEnd(node: TreeNode, wanted: Wanted): string | undefined {
    const text = readText(node, wanted, this.#problems);
    if (text === undefined) return undefined;
    const isHost = this.#known.hosts.has(text.value);
    if (isHost && this.#known.segments.has(text.value)) {
      const message = `${quote(text.value)} is a host and a segment; here it means the host`;
      this.#problems.add("policy/ambiguous-test-end", placeOf(text), message);
    }
    if (isHost || this.#known.isSegment(text.value) || this.#known.hasDnsName(text.value)) return text.value;
    if (looksLikeAddress(text.value)) return readAddress(text, this.#problems) && text.value;
    unknownEnd(text, this.#known, { problems: this.#problems, code: "policy/unknown-test-end" });
    return undefined;
  }
}
