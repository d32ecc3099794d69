import type { Labels } from "../policy/labels.ts";
import type { Requirement, Selector } from "../policy/policy.ts";
import { selects } from "./selector.ts";

/** Finds the hosts that a selector selects without asking every host: the cost follows the rarest label that it requires. */
export class LabelIndex {
  readonly #labels: readonly Labels[];
  /** label -> value -> the hosts that carry it. */
  readonly #hosts = new Map<string, Map<string, number[]>>();

  /** @param labels of each host; hosts are named by their position here. */
  constructor(labels: readonly Labels[]) {
    this.#labels = labels;
    labels.forEach((ofHost, host) => {
      for (const [label, value] of Object.entries(ofHost)) this.#add(label, value, host);
    });
  }

  /** The selected hosts' positions, ascending. */
  select(selector: Selector): number[] {
    const candidates = this.#rarest(selector) ?? this.#labels.map((_, host) => host);
    return candidates.filter((host) => selects(selector, this.#labels[host] ?? {})).sort((a, b) => a - b);
  }

  #add(label: string, value: string, host: number): void {
    const values = this.#hosts.getOrInsertComputed(label, () => new Map<string, number[]>());
    values.getOrInsertComputed(value, () => []).push(host);
  }

  /** The smallest group of hosts that holds all selected ones; undefined where no requirement asks for a label to be there. */
  #rarest(selector: Selector): number[] | undefined {
    let rarest: number[] | undefined;
    for (const requirement of selector.requirements) {
      const hosts = this.#carrying(requirement);
      if (hosts !== undefined && (rarest === undefined || hosts.length < rarest.length)) rarest = hosts;
    }
    return rarest;
  }

  /** Nobody is in it twice, because a host has one value for a label. */
  #carrying(requirement: Requirement): number[] | undefined {
    const values = this.#hosts.get(requirement.label);
    switch (requirement.operator) {
      case "in":
        return [...new Set(requirement.values)].flatMap((value) => values?.get(value) ?? []);
      case "exists":
        return [...(values?.values() ?? [])].flat();
      case "notin":
      case "absent":
        return undefined;
    }
  }
}
