/** Addresses as text, remembered: events name the same few again and again. */

import { readAddress } from "./address-bytes.ts";

/** A power of two. Two addresses in one slot push each other out, which costs time and nothing else. */
const SLOTS = 4096;
const SHIFT = 20;
/** Spreads neighbouring addresses over the slots (2^32 divided by the golden ratio). */
const SPREAD = 0x9e3779b1;

export class AddressTexts {
  readonly #view: DataView;
  readonly #short = new Uint32Array(SLOTS);
  readonly #shortTexts: (string | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #long = new Uint32Array(SLOTS * 4);
  readonly #longTexts: (string | undefined)[] = new Array(SLOTS).fill(undefined);

  /** For addresses in this view. */
  constructor(view: DataView) {
    this.#view = view;
  }

  /** The canonical text of the address of 4 or 16 bytes there. */
  at(place: number, length: 4 | 16): string {
    return length === 4 ? this.#v4(place) : this.#v6(place);
  }

  #v4(place: number): string {
    const key = this.#view.getUint32(place);
    const slot = Math.imul(key, SPREAD) >>> SHIFT;
    const known = this.#shortTexts[slot];
    if (known !== undefined && this.#short[slot] === key) return known;
    const text = readAddress(this.#view, place, 4);
    this.#short[slot] = key;
    this.#shortTexts[slot] = text;
    return text;
  }

  #v6(place: number): string {
    const view = this.#view;
    const a = view.getUint32(place);
    const b = view.getUint32(place + 4);
    const c = view.getUint32(place + 8);
    const d = view.getUint32(place + 12);
    const mixed = Math.imul(a ^ Math.imul(b ^ Math.imul(c, SPREAD), SPREAD), SPREAD) ^ d;
    const slot = Math.imul(mixed, SPREAD) >>> SHIFT;
    const at = slot * 4;
    const keys = this.#long;
    const known = this.#longTexts[slot];
    if (
      known !== undefined &&
      keys[at] === a &&
      keys[at + 1] === b &&
      keys[at + 2] === c &&
      keys[at + 3] === d
    )
      return known;
    const text = readAddress(view, place, 16);
    keys[at] = a;
    keys[at + 1] = b;
    keys[at + 2] = c;
    keys[at + 3] = d;
    this.#longTexts[slot] = text;
    return text;
  }
}
