/** Names in the kernel, made of names that people and machines chose: readable where that is safe, unique always. */

/** Well below the kernel's NFT_NAME_MAXLEN (256) and the 128 of older chains, with room for a prefix and a suffix. */
const LONGEST = 64;

/** What nft's scanner takes inside an identifier, less the slash and the backslash. */
const UNSAFE = /[^a-zA-Z0-9_.-]/g;

/**
 * A name for each thing: the one that is wished for where it can stand in a ruleset and is free, else what can of it and a hash of the key.
 * Equal keys get equal names, different keys different ones.
 */
export class NameBook {
  readonly #byKey = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** @param key what the thing is, told apart from every other. */
  nameOf(key: string, wish: string = key): string {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const name = this.#free(key, wish);
    this.#byKey.set(key, name);
    this.#taken.add(name);
    return name;
  }

  #free(key: string, wish: string): string {
    const plain = safeName(wish);
    if (plain === wish && !this.#taken.has(plain)) return plain;
    let salted = key;
    for (;;) {
      const candidate = `${plain}_${shortHash(salted)}`;
      if (!this.#taken.has(candidate)) return candidate;
      salted = `${salted}+`;
    }
  }
}

/** What of a text can stand in a ruleset as a name; begins with a letter. */
export function safeName(text: string): string {
  const safe = text.replace(UNSAFE, "-").slice(0, LONGEST);
  return /^[a-zA-Z]/.test(safe) ? safe : `x${safe}`;
}

/** FNV-1a, 32 bits: tells apart, protects nothing. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}
