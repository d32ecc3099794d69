import { formatAddress } from "../../net/address.ts";
import type { Host } from "../policy.ts";
import { HostShape } from "../shapes.ts";
import type { Problems } from "../text/problems.ts";
import { isNothing, type MapEntry, placeOf, quote, type TreeNode } from "../text/tree.ts";
import { readAddress } from "./addresses.ts";
import type { Budget } from "./budget.ts";
import { Keys, readFields } from "./fields.ts";
import { labelFault, labelValueFault } from "./labels.ts";
import type { Declared } from "./section.ts";
import { isText, readTexts, type TextNode, type Wanted, wrongType } from "./values.ts";

const KEYS = new Keys("a host", HostShape);
const VALUE = "text";

/** The label that every host carries with its own name. */
const HOST_LABEL = "host";

/** Reads hosts one after the other, and sees to it that each address has one of them. */
export class HostReader {
  readonly #problems: Problems;
  readonly #addresses: Budget;
  readonly #claims = new Map<string, { readonly host: string; readonly text: TextNode }>();

  constructor(problems: Problems, addresses: Budget) {
    this.#problems = problems;
    this.#addresses = addresses;
  }

  read({ name, key, value }: Declared): Host | undefined {
    if (isNothing(value)) {
      const wanted = { subject: `the host ${quote(name)}`, expected: "a map with addresses" };
      wrongType({ ...value, offset: key.offset }, wanted, this.#problems);
      return undefined;
    }
    const fields = readFields(value, KEYS, this.#problems);
    const texts = fields?.read("addresses", readTexts, this.#problems) ?? [];
    const addresses = this.#addresses.take(texts.length, () => placeOf(key))
      ? texts.flatMap((text) => this.#readAddress(text, name) ?? [])
      : [];
    const labels = fields?.read(
      "labels",
      (node, wanted) => this.#readLabels(node, wanted, name),
      this.#problems,
    );
    return { name, place: placeOf(key), addresses, labels: labels ?? Object.create(null) };
  }

  #readAddress(text: TextNode, host: string): string | undefined {
    const address = readAddress(text, this.#problems);
    if (address === undefined) return undefined;
    const canonical = formatAddress(address);
    const first = this.#claims.get(canonical);
    if (first === undefined) this.#claims.set(canonical, { host, text });
    else {
      const whose = first.host === host ? "this host has it already" : `the host ${quote(first.host)} has it`;
      const related = { place: placeOf(first.text), message: "it is first given here" };
      const message = `the address ${canonical} is given twice: ${whose}`;
      this.#problems.add("policy/address-claimed-twice", placeOf(text), message, { related });
    }
    return canonical;
  }

  #readLabels(node: TreeNode, wanted: Wanted, host: string): Readonly<Record<string, string>> | undefined {
    if (node.kind !== "map") {
      wrongType(node, wanted, this.#problems);
      return undefined;
    }
    // Without a prototype, so that a label that the host lacks is undefined whatever its name.
    const labels: Record<string, string> = Object.create(null);
    const keys = new Map<string, TreeNode>();
    for (const entry of node.entries) {
      const label = String(entry.key.value);
      const first = keys.get(label);
      if (first !== undefined) {
        const related = { place: placeOf(first), message: "it is first given here" };
        this.#problems.add(
          "policy/duplicate-key",
          placeOf(entry.key),
          `the label ${quote(label)} is given twice`,
          { related },
        );
        continue;
      }
      keys.set(label, entry.key);
      const value = this.#readLabel(entry, host);
      if (value !== undefined && label !== HOST_LABEL) labels[label] = value;
    }
    return labels;
  }

  #readLabel({ key, value }: MapEntry, host: string): string | undefined {
    const label = String(key.value);
    const fault = labelFault(label);
    if (fault !== undefined) this.#problems.add("policy/invalid-label", placeOf(key), fault);
    if (!isText(value)) {
      const node = isNothing(value) ? { ...value, offset: key.offset } : value;
      wrongType(node, { subject: `the label ${quote(label)}`, expected: VALUE }, this.#problems);
      return undefined;
    }
    const valueFault = labelValueFault(value.value);
    if (valueFault !== undefined) this.#problems.add("policy/invalid-label", placeOf(value), valueFault);
    if (label === HOST_LABEL && value.value !== host) {
      const message = `the label 'host' is ${quote(value.value)}, expected the host's own name, which it has by itself`;
      this.#problems.add("policy/reserved-name", placeOf(key), message, { hint: "leave it out" });
    }
    return value.value;
  }
}
