/** What the host of a cell says of all other cells: those of which it says the same go together, so that no pair of cells needs to be looked at. */

import type { Direction } from "../policy/policy.ts";
import type { Cell } from "./cells.ts";
import type { HostPolicy, HostRule } from "./host-policy.ts";
import { type PeerSet, PeerSets } from "./peer-sets.ts";
import type { Side } from "./side.ts";
import type { Judged } from "./situation.ts";

/** Of one cell and one direction. */
export interface View {
  /** Of all cells that are no exceptions. By side; undefined where no host judges there. */
  readonly usual: readonly (Judged | undefined)[];
  readonly exceptions: readonly Exception[];
}

export interface Exception {
  readonly judged: View["usual"];
  /** Positions of cells, each in one exception of a view. */
  readonly peers: readonly number[];
}

export class Views {
  readonly #sides: readonly Side[];
  readonly #cells: readonly Cell[];
  readonly #sets: PeerSets;

  constructor(sides: readonly Side[], cells: readonly Cell[]) {
    this.#sides = sides;
    this.#cells = cells;
    this.#sets = new PeerSets(cells);
  }

  /** Cost: as many cells as the rules speak of, or do not speak of where those are fewer. */
  of(at: number, direction: Direction): View {
    const policies = this.#policiesAt(at);
    const clauses = policies.flatMap((policy, side) => this.#clauses(at, { policy, side, direction }));
    const usual = clauses.filter(({ isUsual }) => isUsual);
    const judgedBy = (some: readonly Clause[]) => judgedIn(policies, direction, some);
    return {
      usual: judgedBy(usual),
      exceptions: exceptionsFrom(clauses).map(({ odd, peers }) => ({
        judged: judgedBy(clauses.filter((clause) => clause.isUsual !== odd.has(clause))),
        peers,
      })),
    };
  }

  #policiesAt(at: number): readonly (HostPolicy | undefined)[] {
    const end = this.#cells[at]?.examples[0]?.text;
    return this.#sides.map((side) => (end === undefined ? undefined : side.policyAt(end)));
  }

  /** The rules that stand here, those for the same peers together. */
  #clauses(at: number, { policy, side, direction }: Standing): readonly Clause[] {
    if (policy === undefined) return [];
    const { groups } = policy;
    const clauses = new Map<PeerSet, Clause>();
    for (const rule of policy.rules) {
      if (rule.direction !== direction) continue;
      const { within } = rule.local;
      if (within !== undefined && !this.#sets.of(within, groups).members.has(at)) continue;
      const set = this.#sets.ofPeers(rule, groups);
      clauses.getOrInsertComputed(set, () => clauseFor(set, side)).rules.push(rule);
    }
    return [...clauses.values()];
  }
}

interface Standing {
  readonly policy: HostPolicy | undefined;
  readonly side: number;
  readonly direction: Direction;
}

/** Rules of one side for the same peers. */
interface Clause {
  readonly side: number;
  readonly rules: HostRule[];
  /** Whether they hold for most cells. */
  readonly isUsual: boolean;
  /** The cells for which it is otherwise. */
  readonly odd: Iterable<number>;
}

function clauseFor(set: PeerSet, side: number): Clause {
  const isUsual = set.isMost;
  return { side, rules: [], isUsual, odd: isUsual ? set.others : set.members };
}

interface Odd {
  /** For which it is otherwise than usual. */
  readonly odd: ReadonlySet<Clause>;
  readonly peers: number[];
}

function exceptionsFrom(clauses: readonly Clause[]): readonly Odd[] {
  const oddAt = new Map<number, number[]>();
  clauses.forEach(({ odd }, number) => {
    for (const cell of odd) oddAt.getOrInsertComputed(cell, () => []).push(number);
  });
  const alike = new Map<string, Odd>();
  for (const [cell, numbers] of oddAt)
    alike
      .getOrInsertComputed(numbers.join(), () => ({
        odd: new Set(numbers.flatMap((number) => clauses[number] ?? [])),
        peers: [],
      }))
      .peers.push(cell);
  return [...alike.values()];
}

/** Rules for the same peers next to each other: what passes does not depend on their order. */
function judgedIn(
  policies: readonly (HostPolicy | undefined)[],
  direction: Direction,
  clauses: readonly Clause[],
): View["usual"] {
  return policies.map((policy, side) => {
    if (policy === undefined) return undefined;
    const rules = clauses.flatMap((clause) => (clause.side === side ? clause.rules : []));
    return { mode: policy.modes[direction], rules };
  });
}
