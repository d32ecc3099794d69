/** Whether a rule is still there. Without a time no rule has expired. */
export function stands({ expires }: { readonly expires?: number }, now: number | undefined): boolean {
  return expires === undefined || now === undefined || now < expires;
}
