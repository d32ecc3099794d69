/** Reads back what numbers stand for, each once. For one search: a number may later stand for something else. */

import type { RuleRef } from "@bulkhead/shared/rules/host-policy.ts";
import type { Database } from "../database.ts";
import { addressText } from "./address-key.ts";
import type { Facts } from "./half.ts";
import { NO_RULE } from "./identities.ts";

type Row = Readonly<Record<keyof Facts, string | null>>;

export class Names {
  readonly address: (id: number) => string;
  readonly party: (id: number) => Facts;
  readonly #rule: (id: number) => RuleRef;

  constructor(database: Database) {
    const address = database.prepare("SELECT number FROM address WHERE id = ?").pluck();
    const party = database.prepare("SELECT host, segment, unit, user, executable FROM party WHERE id = ?");
    const rule = database.prepare("SELECT text FROM rule WHERE id = ?").pluck();
    this.address = remembered((id) => addressText(address.get(id) as Buffer));
    this.party = remembered((id) => factsOf(party.get(id) as Row));
    this.#rule = remembered((id) => ruleOf(rule.get(id) as string));
  }

  rule(id: number): RuleRef | null {
    return id === NO_RULE ? null : this.#rule(id);
  }
}

function factsOf({ host, segment, unit, user, executable }: Row): Facts {
  return {
    host: host ?? undefined,
    segment: segment ?? undefined,
    unit: unit ?? undefined,
    user: user ?? undefined,
    executable: executable ?? undefined,
  };
}

function ruleOf(text: string): RuleRef {
  const [name, file, line, note] = JSON.parse(text) as [string, string, number, string | null];
  return { name, file, line, ...(note == null ? {} : { note }) };
}

function remembered<Value>(read: (id: number) => Value): (id: number) => Value {
  const known = new Map<number, Value>();
  return (id) => known.getOrInsertComputed(id, read);
}
