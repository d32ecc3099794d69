/** A host's addresses as its server wants to know them: those by which others can reach it, not the ones that mean something on one link only (RFC 4291, fe80::/10). */
export function reportable(addresses: readonly string[]): readonly string[] {
  return addresses.filter((address) => !/^fe[89ab]/.test(address));
}
