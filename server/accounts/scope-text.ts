/** The segments that somebody is limited to, as the store keeps them. */

export function scopeOf(text: string | null): { readonly scope?: readonly string[] } {
  return text === null ? {} : { scope: JSON.parse(text) as readonly string[] };
}

export function scopeText(scope: readonly string[] | undefined): string | null {
  return scope === undefined ? null : JSON.stringify([...new Set(scope)].sort());
}
