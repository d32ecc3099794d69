export function segmentPath(name: string): string {
  return `/segments/${encodeURIComponent(name)}`;
}
