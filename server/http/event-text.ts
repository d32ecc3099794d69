/** Server-sent events as text (the HTML standard, 9.2.6). */

/** `id` is what a listener that comes back shows as `Last-Event-ID`. JSON has no line breaks of its own. Throws a RangeError for a kind that is not small letters, digits and hyphens. */
export function eventText(event: { readonly kind: string } & Record<string, unknown>, id?: string): string {
  if (!/^[a-z][a-z0-9-]*$/.test(event.kind)) throw new RangeError(`'${event.kind}' is no kind of an event`);
  const first = id === undefined ? "" : `id: ${id}\n`;
  return `${first}event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}
