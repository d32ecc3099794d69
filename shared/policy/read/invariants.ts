import { LIMITS } from "../limits.ts";
import type { Place } from "../place.ts";
import type { Invariant } from "../policy.ts";
import { EXPECTED_INVARIANT_END, InvariantShape } from "../shapes.ts";
import type { Problems } from "../text/problems.ts";
import { placeOf, quote, type TreeNode } from "../text/tree.ts";
import { readRange } from "./addresses.ts";
import { Budget } from "./budget.ts";
import { type Fields, Keys, readFields } from "./fields.ts";
import type { Known } from "./known.ts";
import { checkName, looksLikeAddress } from "./names.ts";
import { readUnit, readUser } from "./processes.ts";
import type { Services } from "./services.ts";
import { unknownEnd } from "./unknown-end.ts";
import { readOneOrMore, readText, type Wanted } from "./values.ts";

const KEYS = new Keys("an invariant", InvariantShape);
type InvariantFields = Fields<"name" | "from" | "to" | "service" | "unit" | "user">;

/** Reads invariants one after the other, and sees to it that each name is given once. */
export class InvariantReader {
  readonly #known: Known;
  readonly #services: Services;
  readonly #problems: Problems;
  readonly #ends: Budget;
  readonly #names = new Map<string, Place>();

  constructor({ known, services }: { known: Known; services: Services }, problems: Problems) {
    this.#known = known;
    this.#services = services;
    this.#problems = problems;
    this.#ends = new Budget({ limit: LIMITS.invariantEnds, noun: "ends in its invariants" }, problems);
  }

  read(kind: Invariant["kind"], node: TreeNode): Invariant | undefined {
    const problems = this.#problems;
    const fields = readFields(node, KEYS, problems);
    if (fields === undefined) return undefined;
    const name = this.#readName(fields);
    const from = this.#readEnds(fields, "from");
    const to = this.#readEnds(fields, "to");
    const services = fields.read("service", (some, wanted) => this.#readServices(some, wanted), problems);
    const unit = fields.read("unit", readUnit, problems);
    const user = fields.read("user", readUser, problems);
    return {
      ...{ kind, name, place: fields.place, from, to },
      ...(services ?? EVERYTHING),
      ...(unit && { unit }),
      ...(user && { user }),
    };
  }

  #readName(fields: InvariantFields): string {
    const text = fields.read("name", readText, this.#problems);
    if (text === undefined) return `${fields.place.file}:${fields.place.line}`;
    checkName(text, "invariant", this.#problems);
    const first = this.#names.get(text.value);
    if (first === undefined) this.#names.set(text.value, placeOf(text));
    else {
      const related = { place: first, message: "it is first given here" };
      const message = `the invariant ${quote(text.value)} is given twice`;
      this.#problems.add("policy/duplicate-name", placeOf(text), message, { related });
    }
    return text.value;
  }

  #readServices(node: TreeNode, wanted: Wanted): Pick<Invariant, "service" | "serviceText"> {
    const services = this.#services.read(node, wanted);
    return {
      service: this.#services.union(services, node),
      serviceText: services.map(({ text }) => text),
    };
  }

  #readEnds(fields: InvariantFields, end: "from" | "to"): readonly string[] {
    const read = (node: TreeNode, wanted: Wanted) => {
      const one = {
        subject: node.kind === "list" ? `an item of ${wanted.subject}` : wanted.subject,
        expected: EXPECTED_INVARIANT_END,
      };
      const nodes = readOneOrMore(node, wanted, this.#problems) ?? [];
      return nodes.flatMap((item) => this.#readEnd(item, one) ?? []);
    };
    const ends = fields.read(end, read, this.#problems) ?? [];
    return this.#ends.take(ends.length, () => fields.placeOf(end)) ? ends : [];
  }

  #readEnd(node: TreeNode, wanted: Wanted): string | undefined {
    const problems = this.#problems;
    const text = readText(node, wanted, problems);
    if (text === undefined) return undefined;
    const { value } = text;
    const known = this.#known;
    if (known.hosts.has(value) || known.isSegment(value) || known.hasDnsName(value)) return value;
    if (looksLikeAddress(value)) return readRange(text, problems) && value;
    unknownEnd(text, known, { problems, code: "policy/unknown-invariant-end" });
    return undefined;
  }
}

const EVERYTHING: Pick<Invariant, "service" | "serviceText"> = { service: "all", serviceText: ["all"] };
