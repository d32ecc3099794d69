/** A set of small numbers, a bit for each. Cost: of whole-set operations, a 32nd of the numbers that there may be. */
export class BitSet {
  /** The numbers are less than this. */
  readonly size: number;
  readonly #words: Uint32Array;

  constructor(size: number, words = new Uint32Array((size + 31) >> 5)) {
    this.size = size;
    this.#words = words;
  }

  static of(size: number, numbers: Iterable<number>): BitSet {
    const set = new BitSet(size);
    for (const number of numbers) set.add(number);
    return set;
  }

  static full(size: number): BitSet {
    const words = new Uint32Array((size + 31) >> 5).fill(0xffffffff);
    if (size % 32 !== 0) words[words.length - 1] = 0xffffffff >>> (32 - (size % 32));
    return new BitSet(size, words);
  }

  get isEmpty(): boolean {
    return this.#words.every((word) => word === 0);
  }

  /** The smallest number; undefined where there is none. */
  get first(): number | undefined {
    const at = this.#words.findIndex((word) => word !== 0);
    return at < 0 ? undefined : lowest(this.#words[at] ?? 0, at);
  }

  has(number: number): boolean {
    return (((this.#words[number >> 5] ?? 0) >>> (number & 31)) & 1) === 1;
  }

  /** Changes this set, as do all that are named like it. */
  add(number: number): void {
    const at = number >> 5;
    this.#words[at] = (this.#words[at] ?? 0) | (1 << (number & 31));
  }

  addAll(other: BitSet): void {
    for (let at = 0; at < this.#words.length; at++)
      this.#words[at] = (this.#words[at] ?? 0) | (other.#words[at] ?? 0);
  }

  removeAll(other: BitSet): void {
    for (let at = 0; at < this.#words.length; at++)
      this.#words[at] = (this.#words[at] ?? 0) & ~(other.#words[at] ?? 0);
  }

  /** Keeps what is in one of these. */
  keep(some: BitSet | undefined, more: BitSet): void {
    const words = some === undefined ? NONE : some.#words;
    for (let at = 0; at < this.#words.length; at++)
      this.#words[at] = (this.#words[at] ?? 0) & ((words[at] ?? 0) | (more.#words[at] ?? 0));
  }

  copy(): BitSet {
    return new BitSet(this.size, this.#words.slice());
  }

  /** Whether everything here is in one of these. */
  isWithin(some: BitSet, more: BitSet): boolean {
    return this.#words.every((word, at) => (word & ~((some.#words[at] ?? 0) | (more.#words[at] ?? 0))) === 0);
  }

  equals(other: BitSet): boolean {
    return this.#words.every((word, at) => word === other.#words[at]);
  }

  /** Equal for equal sets, and rarely for others. */
  get hash(): number {
    return this.#words.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193) >>> 0, 0x811c9dc5);
  }

  /** Ascending. */
  get numbers(): readonly number[] {
    const numbers: number[] = [];
    for (let at = 0; at < this.#words.length; at++)
      for (let rest = this.#words[at] ?? 0; rest !== 0; rest &= rest - 1) numbers.push(lowest(rest, at));
    return numbers;
  }
}

const NONE = new Uint32Array(0);

function lowest(word: number, at: number): number {
  return (at << 5) + 31 - Math.clz32(word & -word);
}
