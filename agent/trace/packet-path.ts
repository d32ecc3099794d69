/** `nft monitor trace`, line by line, as the paths of packets through the chains. */

export interface Step {
  /** `inet bulkhead` */
  readonly table: string;
  readonly chain: string;
  /** The rule as nft lists it, without counters; `policy` where the chain's own decided. */
  readonly rule: string;
  /** `accept`, `drop`, `continue`, `jump NAME`, … */
  readonly verdict: string;
}

export interface PacketPath {
  readonly source: string;
  readonly destination: string;
  /** `tcp 48600 -> 443`, `icmp`, as far as the trace says it. */
  readonly transport: string;
  readonly hook: "in" | "out";
  readonly steps: readonly Step[];
  readonly verdict: "accepted" | "dropped";
}

interface Open {
  readonly source: string;
  readonly destination: string;
  readonly transport: string;
  readonly hook: "in" | "out";
  readonly steps: Step[];
  dropped: boolean;
  last: number;
}

const LINE = /^trace id ([0-9a-f]+) (\S+ \S+) (\S+) (packet:|rule|verdict|policy|unknown) ?(.*)$/;
const MOST_OPEN = 1_000;
/** Packets of which nothing more is heard for so long have been through. */
const QUIET_MILLISECONDS = 200;

export class PacketPaths {
  readonly #open = new Map<string, Open>();
  readonly #own: string;
  /** Packets of which only a part was heard. */
  #unread = 0;

  /** @param own the table whose steps are not told, as it only marks. */
  constructor(own: string) {
    this.#own = own;
  }

  get unread(): number {
    return this.#unread;
  }

  /** Takes a line; `now` in milliseconds of any clock. */
  read(line: string, now: number): void {
    const [, id = "", table = "", chain = "", kind = "", rest = ""] = LINE.exec(line) ?? [];
    if (id === "") return;
    if (kind === "packet:") this.#begin(id, rest, now);
    const packet = this.#open.get(id);
    if (packet === undefined) return;
    packet.last = now;
    const step = stepOf(table, chain, kind, rest);
    if (step === undefined) return;
    if (step.verdict === "drop") packet.dropped = true;
    if (table !== this.#own) packet.steps.push(step);
  }

  /** Those that are through, in their order. */
  *finished(now: number): Generator<PacketPath> {
    for (const [id, packet] of this.#open) {
      if (now - packet.last < QUIET_MILLISECONDS && !packet.dropped) continue;
      this.#open.delete(id);
      const { dropped, last: _, ...path } = packet;
      yield { ...path, verdict: dropped ? "dropped" : "accepted" };
    }
  }

  #begin(id: string, words: string, now: number): void {
    if (this.#open.has(id)) return;
    if (this.#open.size >= MOST_OPEN) {
      this.#unread += 1;
      return;
    }
    const word = (name: RegExp) => name.exec(words)?.[1] ?? "";
    const protocol = word(/\b(?:ip protocol|ip6 nexthdr|meta l4proto) (\S+)/);
    const [from, to] = [word(/ sport (\d+)/), word(/ dport (\d+)/)];
    this.#open.set(id, {
      source: word(/\bip6? saddr (\S+)/),
      destination: word(/\bip6? daddr (\S+)/),
      transport: from === "" ? protocol : `${protocol} ${from} -> ${to}`,
      hook: /\boif /.test(words) && !/\biif /.test(words) ? "out" : "in",
      steps: [],
      dropped: false,
      last: now,
    });
  }
}

function stepOf(table: string, chain: string, kind: string, rest: string): Step | undefined {
  if (kind === "rule") {
    const [, rule = rest, verdict = ""] = /^(.*) \(verdict ([^)]*)\)\s*$/.exec(rest) ?? [];
    return { table, chain, rule: withoutCounters(rule), verdict: verdict.trim() };
  }
  if (kind === "policy") return { table, chain, rule: "policy", verdict: rest.trim() };
  return undefined;
}

function withoutCounters(rule: string): string {
  return rule.replace(/ ?counter packets \d+ bytes \d+/, "").trim();
}
