import { formatService } from "../net/service.ts";
import { NEVER_JUDGED } from "./never-judged.ts";
import { Spans } from "./spans.ts";

/** What nobody means who says `all`: what is never judged, at least not where it arrives. */
export const DISREGARDED = Spans.of(NEVER_JUDGED.ingress);

/** So many of the 256 protocols make it shorter to say which are missing. */
const MANY = 100;

/** A set of services in words: `tcp/443`, `all`, or, where nearly all are in it, `all except tcp/22`. */
export function serviceWords(spans: Spans): readonly string[] {
  const words = formatService(spans.service);
  if (words.length <= MANY) return words;
  const missing = formatService(spans.complement().subtract(DISREGARDED).service);
  return [missing.length === 0 ? "all" : `all except ${missing.join(", ")}`];
}
