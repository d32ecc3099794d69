/** Which hosts of the policy's own `hosts` section are in which segment. */

import { labelOf, meets } from "../labels.ts";
import { ANY_HOST, type Host, type Policy, type Selector } from "../policy.ts";
import type { Effort } from "./effort.ts";

export class Members {
  readonly #policy: Policy;
  readonly #effort: Effort;
  readonly #everyone: readonly Host[];
  /** label -> value -> the hosts that carry it. */
  readonly #carriers = new Map<string, Map<string, Host[]>>();
  readonly #found = new Map<string, readonly Host[] | undefined>();

  constructor(policy: Policy, effort: Effort) {
    this.#policy = policy;
    this.#effort = effort;
    this.#everyone = [...policy.hosts.values()];
    for (const host of this.#everyone) {
      for (const [label, value] of Object.entries(host.labels)) this.#note(label, value, host);
      this.#note("host", host.name, host);
    }
  }

  /** The hosts of a `select` segment or of `any-host`, none for every other name; undefined where finding them is too much work. */
  of(segment: string): readonly Host[] | undefined {
    if (segment === ANY_HOST) return this.#everyone;
    return this.#found.getOrInsertComputed(segment, () => {
      const declared = this.#policy.segments.get(segment);
      return declared?.kind === "select" ? this.#select(declared.selector) : [];
    });
  }

  #note(label: string, value: string, host: Host): void {
    const values = this.#carriers.getOrInsertComputed(label, () => new Map<string, Host[]>());
    values.getOrInsertComputed(value, () => []).push(host);
  }

  /** Begins with the requirement that fewest hosts meet, so that the cost follows what is found. */
  #select({ requirements }: Selector): readonly Host[] | undefined {
    let fewest = this.#everyone;
    for (const requirement of requirements) {
      if (requirement.operator !== "in") continue;
      const values = this.#carriers.get(requirement.label);
      const hosts = requirement.values.flatMap((value) => values?.get(value) ?? []);
      if (hosts.length < fewest.length) fewest = hosts;
    }
    if (!this.#effort.spend(fewest.length * requirements.length)) return undefined;
    return fewest.filter((host) =>
      requirements.every((requirement) => meets(labelOfHost(host, requirement.label), requirement)),
    );
  }
}

/** The value of a host's label; every host carries the label `host` with its own name. */
export function labelOfHost(host: Host, label: string): string | undefined {
  return label === "host" ? host.name : labelOf(host.labels, label);
}
