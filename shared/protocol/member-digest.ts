/**
 * A digest of a set of addresses that is kept up to date at the cost of what changes: the sum of the members' own digests, whatever their order. It tells apart
 * what two honest ends hold; it is no defence against somebody who chooses members to collide.
 */

const LANES = 4;
const SEEDS = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f] as const;

export class MemberDigest {
  readonly #lanes = new Uint32Array(LANES);
  #size = 0;

  /** The digest of these members, each once. */
  static of(members: Iterable<string>): string {
    const digest = new MemberDigest();
    for (const member of members) digest.add(member);
    return digest.text;
  }

  /** Another one of the same members, for as much as it takes to copy a few numbers. */
  copy(): MemberDigest {
    const copy = new MemberDigest();
    copy.#lanes.set(this.#lanes);
    copy.#size = this.#size;
    return copy;
  }

  add(member: string): void {
    this.#size += 1;
    for (let lane = 0; lane < LANES; lane++)
      this.#lanes[lane] = (this.#lanes[lane] ?? 0) + hash(member, SEEDS[lane] ?? 0);
  }

  remove(member: string): void {
    this.#size -= 1;
    for (let lane = 0; lane < LANES; lane++)
      this.#lanes[lane] = (this.#lanes[lane] ?? 0) - hash(member, SEEDS[lane] ?? 0);
  }

  /** The number of members and 128 bits in hexadecimal. */
  get text(): string {
    return `${this.#size}-${[...this.#lanes].map((lane) => lane.toString(16).padStart(8, "0")).join("")}`;
  }
}

/** MurmurHash3 (32 bits, Austin Appleby, public domain) over the text's UTF-16 units. */
function hash(text: string, seed: number): number {
  let h = seed;
  for (let at = 0; at < text.length; at++) {
    let k = Math.imul(text.charCodeAt(at), 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = Math.imul(h, 5) + 0xe6546b64;
  }
  h ^= text.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
