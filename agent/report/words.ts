/** What records name (parties, rules) stands once in the file, under a number. */

import type { LocalParty, RemoteParty } from "@bulkhead/shared/flow/record.ts";
import type { RuleRef } from "@bulkhead/shared/rules/host-policy.ts";
import type { Database, Statement } from "./database.ts";

/** So many new words end an era: what is dropped with the oldest records is then never much more than this. */
const WORDS_PER_ERA = 10_000;
const LONGEST_ERA_MILLISECONDS = 3_600_000;

/** Stands for "no rule". */
export const NO_WORD = 0;

export function localText({ address, unit, user, executable }: LocalParty): string {
  return JSON.stringify([address, unit, user, executable]);
}

export function remoteText({ address, host, segment }: RemoteParty): string {
  return JSON.stringify([address, host, segment]);
}

export function ruleText({ name, file, line, note }: RuleRef): string {
  return JSON.stringify([name, file, line, note]);
}

export function localOf(text: string): LocalParty {
  const [address, unit, user, executable] = JSON.parse(text) as [string, ...(string | null)[]];
  return {
    address,
    ...(unit == null ? {} : { unit }),
    ...(user == null ? {} : { user }),
    ...(executable == null ? {} : { executable }),
  };
}

export function remoteOf(text: string): RemoteParty {
  const [address, host, segment] = JSON.parse(text) as [string, ...(string | null)[]];
  return { address, ...(host == null ? {} : { host }), ...(segment == null ? {} : { segment }) };
}

export function ruleOf(text: string): RuleRef {
  const [name, file, line, note] = JSON.parse(text) as [string, string, number, string | null];
  return { name, file, line, ...(note == null ? {} : { note }) };
}

/** Gives numbers to words. It remembers those of its era; in the next one they are written again, so that the old ones can go with the records that used them. */
export class WordWriter {
  readonly #numbers = new Map<string, number>();
  readonly #insert: Statement;
  readonly #begin: Statement;
  #next: number;
  #eraEnds = 0;

  constructor(database: Database) {
    this.#insert = database.prepare("INSERT INTO word (id, text) VALUES (?, ?)");
    this.#begin = database.prepare("INSERT OR REPLACE INTO era (flow, word) VALUES (?, ?)");
    const last = database.prepare("SELECT max(id) FROM word").pluck().get() as number | null;
    const era = database.prepare("SELECT max(word) FROM era").pluck().get() as number | null;
    this.#next = Math.max(1, (last ?? 0) + 1, era ?? 0);
  }

  /** Before the records of a batch, within its transaction. */
  prepareFor(nextFlow: number, now: number): void {
    const isOver = this.#numbers.size >= WORDS_PER_ERA || now >= this.#eraEnds;
    if (!isOver && now >= this.#eraEnds - LONGEST_ERA_MILLISECONDS) return;
    this.#numbers.clear();
    this.#begin.run(nextFlow, this.#next);
    this.#eraEnds = now + LONGEST_ERA_MILLISECONDS;
  }

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#next;
    this.#insert.run(number, text);
    this.#next += 1;
    this.#numbers.set(text, number);
    return number;
  }
}

/** Drops the words that only records before this one used. */
export function dropWordsBefore(database: Database, oldestFlow: number): void {
  const era = database
    .prepare("SELECT flow, word FROM era WHERE flow <= ? ORDER BY flow DESC LIMIT 1")
    .get(oldestFlow) as { flow: number; word: number } | undefined;
  if (era === undefined) return;
  database.prepare("DELETE FROM word WHERE id < ?").run(era.word);
  database.prepare("DELETE FROM era WHERE flow < ?").run(era.flow);
}

/** Reads words back, each once. */
export class WordReader {
  readonly #select: Statement<string>;
  readonly #texts = new Map<number, string>();
  readonly #firsts = new Map<string, number>();

  constructor(database: Database) {
    this.#select = database.prepare("SELECT text FROM word WHERE id = ?").pluck() as Statement<string>;
  }

  textOf(number: number): string {
    const known = this.#texts.get(number);
    if (known !== undefined) return known;
    const text = this.#select.get(number) ?? '["unknown"]';
    this.#texts.set(number, text);
    return text;
  }

  /** One number for all that stand for the same word. */
  same(number: number): number {
    const text = this.textOf(number);
    const first = this.#firsts.get(text) ?? number;
    if (first === number) this.#firsts.set(text, number);
    return first;
  }
}
