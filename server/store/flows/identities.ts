/** Gives numbers to what records name: addresses, parties, rules, and the flows that are made of them. */

import type { FromAgent } from "@bulkhead/shared/protocol/messages.ts";
import type { Database } from "../database.ts";
import { addressKey } from "./address-key.ts";
import { DIRECTIONS, VERDICTS } from "./half.ts";

/** Protocol and service in one number, as they are only ever asked for together. */
export const SERVICE_ROOM = 65_536;
/** Stands for "no rule". */
export const NO_RULE = 0;

/** Numbers that are remembered at a time, of each kind. */
const MOST_REMEMBERED = 200_000;

/** The host that reports, as its own records call it. */
export interface OwnName {
  readonly name: string;
  readonly segment: string | undefined;
}

/** A `FlowRecord` as it comes over the wire. */
export type ReportedRecord = NonNullable<Extract<FromAgent, { type: "flows" }>["records"][number]>;

type Told = Pick<
  ReportedRecord,
  "direction" | "verdict" | "local" | "remote" | "protocol" | "service" | "rule"
>;

export class Identities {
  readonly #remembered = {
    address: new Map<string, number>(),
    party: new Map<string, number>(),
    rule: new Map<string, number>(),
    flow: new Map<string, number>(),
  };
  readonly #address: (key: unknown[]) => number;
  readonly #party: (facts: unknown[]) => number;
  readonly #rule: (text: unknown[]) => number;
  readonly #flow: (facts: unknown[]) => number;

  constructor(database: Database) {
    this.#address = finder(database, "address", ["number"]);
    this.#party = finder(database, "party", ["host", "segment", "unit", "user", "executable"]);
    this.#rule = finder(database, "rule", ["text"]);
    this.#flow = finder(database, "flow", FLOW_COLUMNS);
  }

  /** The number of a canonical address, or of OTHERS; undefined where the text is neither. */
  addressOf(text: string): number | undefined {
    const known = this.#remembered.address.get(text);
    if (known !== undefined) return known;
    const key = addressKey(text);
    return key === undefined ? undefined : this.#numberOf("address", text, () => this.#address([key]));
  }

  /** Likewise of the flow that a record is about. */
  flowOf(
    { direction, verdict, local, remote, protocol, service, rule }: Told,
    by: OwnName,
  ): number | undefined {
    const here = this.addressOf(local.address);
    const there = this.addressOf(remote.address);
    if (here === undefined || there === undefined) return undefined;
    const own = this.#partyOf([by.name, by.segment, local.unit, local.user, local.executable]);
    const other = this.#partyOf([remote.host, remote.segment, undefined, undefined, undefined]);
    const [source, destination] = direction === "egress" ? [here, there] : [there, here];
    const parties = direction === "egress" ? [own, other] : [other, own];
    const facts = [
      source,
      destination,
      protocol * SERVICE_ROOM + service,
      DIRECTIONS.indexOf(direction),
      VERDICTS.indexOf(verdict),
      ...parties,
      rule === null ? NO_RULE : this.#ruleOf(rule),
    ];
    return this.#numberOf("flow", facts.join(" "), () => this.#flow(facts));
  }

  /** After numbers were given up, or a transaction that gave some was rolled back. */
  forget(): void {
    for (const remembered of Object.values(this.#remembered)) remembered.clear();
  }

  #partyOf(facts: readonly (string | undefined)[]): number {
    return this.#numberOf("party", JSON.stringify(facts), () =>
      this.#party(facts.map((fact) => fact ?? null)),
    );
  }

  #ruleOf({ name, file, line, note }: NonNullable<ReportedRecord["rule"]>): number {
    const text = JSON.stringify([name, file, line, note]);
    return this.#numberOf("rule", text, () => this.#rule([text]));
  }

  #numberOf(kind: "address" | "party" | "rule" | "flow", text: string, find: () => number): number {
    const remembered = this.#remembered[kind];
    const known = remembered.get(text);
    if (known !== undefined) return known;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    const number = find();
    remembered.set(text, number);
    return number;
  }
}

const FLOW_COLUMNS = [
  "source",
  "destination",
  "service",
  "direction",
  "verdict",
  "source_party",
  "destination_party",
  "rule",
] as const;

/** The number of the row with these values, which is made where there is none. */
function finder(
  database: Database,
  table: string,
  columns: readonly string[],
): (values: unknown[]) => number {
  const same = columns.map((column) => `${column} IS ?`).join(" AND ");
  const select = database.prepare(`SELECT id FROM ${table} WHERE ${same}`).pluck();
  const places = columns.map(() => "?").join(", ");
  const insert = database.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`);
  return (values) =>
    (select.get(...values) as number | undefined) ?? Number(insert.run(...values).lastInsertRowid);
}
