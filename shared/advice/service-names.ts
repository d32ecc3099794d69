/** The names that a policy has for services, where it has any. */

import {
  formatService,
  intersectServices,
  isEmptyService,
  numbersIn,
  type Service,
  subtractServices,
} from "../net/service.ts";
import type { Policy } from "../policy/policy.ts";

/** A name may stand for so many ports that were not seen, and no more: `postgres` for its own and its pooler's. */
const UNSEEN_NUMBERS = 16;

interface Wanted {
  readonly service: Service;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export class ServiceNames {
  readonly #named: readonly { readonly name: string; readonly service: Service }[];
  readonly #mayWiden: (wanted: Wanted, service: Service) => boolean;

  /** `mayWiden`: whether a rule may allow these as well, although they were not seen between its ends. */
  constructor(policy: Policy, mayWiden: (wanted: Wanted, service: Service) => boolean) {
    this.#mayWiden = mayWiden;
    this.#named = [...policy.services.values()]
      .filter(({ service }) => !isEmptyService(service) && service !== "all")
      .map(({ name, service }) => ({ name, service }));
  }

  /** How a rule would name a service: by the policy's names where they say no more than was seen, or hardly more; else by protocol and port. */
  of(wanted: Wanted): readonly string[] {
    let rest = wanted.service;
    const names: string[] = [];
    for (const { name, service } of this.#named) {
      const common = intersectServices(rest, service);
      if (isEmptyService(common)) continue;
      const beyond = subtractServices(service, wanted.service);
      if (numbersIn(beyond) > UNSEEN_NUMBERS || !this.#mayWiden(wanted, beyond)) continue;
      names.push(name);
      rest = subtractServices(rest, service);
    }
    return [...names.sort(), ...formatService(rest)];
  }
}
