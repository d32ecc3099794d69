import { ANY, ANY_HOST, type Segment } from "../policy.ts";
import type { Declared } from "./section.ts";

/** The names that the policy's files give, for those who refer to them. */
export class Known {
  readonly segments: ReadonlyMap<string, Declared>;
  readonly services: ReadonlyMap<string, Declared>;
  readonly hosts: ReadonlyMap<string, Declared>;
  /** False where a file could not be read: then a name that is not known may still be given there. */
  readonly complete: boolean;
  /** The segments that could be read. */
  readonly #read: ReadonlyMap<string, Segment>;

  constructor(
    declared: Pick<Known, "segments" | "services" | "hosts" | "complete">,
    read: ReadonlyMap<string, Segment>,
  ) {
    this.segments = declared.segments;
    this.services = declared.services;
    this.hosts = declared.hosts;
    this.complete = declared.complete;
    this.#read = read;
  }

  isSegment(name: string): boolean {
    return name === ANY || name === ANY_HOST || this.segments.has(name);
  }

  /** In words why a segment has no managed hosts; undefined where it has, or where it could not be read. */
  whyNoHosts(name: string): string | undefined {
    if (name === ANY) return "is every address";
    const segment = this.#read.get(name);
    if (segment === undefined || segment.kind === "select") return undefined;
    return segment.kind === "addresses" ? "is a segment of addresses" : "is a segment of DNS names";
  }

  /** Whether a segment of DNS names holds this one. */
  hasDnsName(name: string): boolean {
    const wanted = name.toLowerCase().replace(/\.$/, "");
    for (const segment of this.#read.values())
      if (segment.kind === "names" && segment.names.includes(wanted)) return true;
    return false;
  }
}
