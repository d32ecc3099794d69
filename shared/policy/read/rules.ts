import { LIMITS } from "../limits.ts";
import type { Place } from "../place.ts";
import type { Action, Endpoint, Rule } from "../policy.ts";
import { RuleShape } from "../shapes.ts";
import type { Problems } from "../text/problems.ts";
import { placeOf, quote, type TreeNode } from "../text/tree.ts";
import { Budget } from "./budget.ts";
import { type End, readEndpoints } from "./endpoints.ts";
import { type Fields, Keys, readFields } from "./fields.ts";
import type { Known } from "./known.ts";
import { labelFault } from "./labels.ts";
import { checkName } from "./names.ts";
import type { Services } from "./services.ts";
import { parseTime } from "./time.ts";
import { readText, readTexts, readWord, type Wanted } from "./values.ts";

const KEYS = new Keys("a rule", RuleShape);
type RuleFields = Fields<"name" | "allow" | "deny" | "from" | "to" | "same" | "expires" | "note">;

/** Reads rules one after the other, and sees to it that each name is given once. */
export class RuleReader {
  readonly #known: Known;
  readonly #services: Services;
  readonly #problems: Problems;
  readonly #endpoints: Budget;
  readonly #names = new Map<string, Place>();

  constructor({ known, services }: { known: Known; services: Services }, problems: Problems) {
    this.#known = known;
    this.#services = services;
    this.#problems = problems;
    this.#endpoints = new Budget({ limit: LIMITS.endpoints, noun: "endpoints in its rules" }, problems);
  }

  read(node: TreeNode): Rule | undefined {
    const fields = readFields(node, KEYS, this.#problems);
    if (fields === undefined) return undefined;
    const { place } = fields;
    const name = this.#readName(fields);
    const action = this.#readAction(fields);
    const from = this.#readEnd(fields, "from");
    const to = this.#readEnd(fields, "to");
    const same = this.#readSame(fields, [...from, ...to]);
    const expires = fields.read("expires", readTime, this.#problems);
    const note = fields.read("note", readText, this.#problems)?.value;
    return (
      action && {
        ...{ name, place, ...action, from, to, same },
        ...(expires !== undefined && { expires }),
        ...(note !== undefined && { note }),
      }
    );
  }

  #readName(fields: RuleFields): string {
    const text = fields.read("name", readText, this.#problems);
    if (text === undefined) return this.#nameByPlace(fields.place);
    checkName(text, "rule", this.#problems);
    const first = this.#names.get(text.value);
    if (first === undefined) this.#names.set(text.value, placeOf(text));
    else {
      const related = { place: first, message: "it is first given here" };
      const message = `the rule ${quote(text.value)} is given twice`;
      this.#problems.add("policy/duplicate-name", placeOf(text), message, { related });
    }
    return text.value;
  }

  /** `FILE:LINE`, and with the column where another rule has that name, as on one long line of JSON. */
  #nameByPlace(place: Place): string {
    const byLine = `${place.file}:${place.line}`;
    const name = this.#names.has(byLine) ? `${byLine}:${place.column}` : byLine;
    this.#names.set(name, place);
    return name;
  }

  #readAction(fields: RuleFields): Pick<Rule, "action" | "service" | "serviceText"> | undefined {
    const allow = this.#readServices(fields, "allow");
    const deny = this.#readServices(fields, "deny");
    const both = fields.has("allow") && fields.has("deny");
    if (both)
      this.#problems.add(
        "policy/conflicting-keys",
        fields.placeOf("deny"),
        "a rule has both 'allow' and 'deny', expected exactly one",
        {
          related: { place: fields.placeOf("allow"), message: "'allow' is given here" },
        },
      );
    else if (fields.lacks("allow") && fields.lacks("deny"))
      this.#problems.add(
        "policy/missing-key",
        fields.place,
        "a rule has neither 'allow' nor 'deny', expected exactly one",
      );
    return both ? undefined : (allow ?? deny);
  }

  #readServices(
    fields: RuleFields,
    action: Action,
  ): Pick<Rule, "action" | "service" | "serviceText"> | undefined {
    return fields.read(
      action,
      (node, wanted) => {
        const services = this.#services.read(node, wanted);
        const serviceText = services.map(({ text }) => text);
        return { action, service: this.#services.union(services, node), serviceText };
      },
      this.#problems,
    );
  }

  #readEnd(fields: RuleFields, end: End): readonly Endpoint[] {
    const known = this.#known;
    const read = (node: TreeNode, wanted: Wanted) =>
      readEndpoints(node, { wanted, end, known }, this.#problems);
    const endpoints = fields.read(end, read, this.#problems) ?? [];
    return this.#endpoints.take(endpoints.length, () => fields.placeOf(end)) ? endpoints : [];
  }

  #readSame(fields: RuleFields, endpoints: readonly Endpoint[]): readonly string[] {
    const texts = fields.read("same", readTexts, this.#problems) ?? [];
    for (const text of texts) {
      const fault = labelFault(text.value);
      if (fault !== undefined) this.#problems.add("policy/invalid-label", placeOf(text), fault);
    }
    if (fields.has("same"))
      for (const endpoint of endpoints) this.#checkJoined(endpoint, fields.placeOf("same"));
    return [...new Set(texts.map(({ value }) => value))];
  }

  #checkJoined(endpoint: Endpoint, same: Place): void {
    const reason = endpoint.kind === "segment" ? this.#known.whyNoHosts(endpoint.segment) : "is no segment";
    if (reason === undefined) return;
    const name = endpoint.kind === "segment" ? endpoint.segment : endpoint.text;
    const message = `'same' joins managed hosts, and ${quote(name)} ${reason}, expected a segment with 'select', or any-host`;
    const related = { place: same, message: "'same' is given here" };
    this.#problems.add("policy/same-needs-hosts", endpoint.place, message, { related });
  }
}

function readTime(node: TreeNode, wanted: Wanted, problems: Problems): number | undefined {
  const text = readWord(node, wanted, problems);
  if (text === undefined) return undefined;
  const time = parseTime(text.value);
  if (typeof time === "number") return time;
  const message = `${quote(text.value)} ${time.problem}, expected ${wanted.expected}`;
  problems.add(
    "policy/invalid-time",
    placeOf(text),
    message,
    time.hint === undefined ? {} : { hint: time.hint },
  );
  return undefined;
}
