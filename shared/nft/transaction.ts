/** Whole rulesets as one transaction for `nft -f`. */

import { render } from "./render.ts";
import { type Ruleset, TABLE } from "./ruleset.ts";

/** The names in our table as it is now. */
export interface PresentObjects {
  readonly sets: readonly string[];
  readonly maps: readonly string[];
  readonly chains: readonly { readonly name: string; readonly base: boolean }[];
}

const NAME = `${TABLE.family} ${TABLE.name}`;

/**
 * Turns what is there into the ruleset. The table and its base chains stay: packets leak while they are replaced. Everything else is emptied, removed and made anew
 * in the same instant.
 * @param present what the kernel holds; undefined where our table is not there
 */
export function transaction(ruleset: Ruleset, present: PresentObjects | undefined): string {
  if (present === undefined) return render(ruleset);
  const bases = new Set(ruleset.chains.flatMap(({ name, base }) => (base === undefined ? [] : [name])));
  const leaving = present.chains.filter(({ name, base }) => !(base && bases.has(name)));
  return [
    `flush table ${NAME}`,
    ...leaving.map(({ name }) => `delete chain ${NAME} ${name}`),
    ...present.maps.map((name) => `delete map ${NAME} ${name}`),
    ...present.sets.map((name) => `delete set ${NAME} ${name}`),
    render(ruleset),
  ].join("\n");
}

/** Makes the table where there is none; where there is one, the kernel refuses all of it (EEXIST), so that nothing is ever added to what somebody else has put there. */
export function creation(ruleset: Ruleset): string {
  return `create table ${NAME}\n${render(ruleset)}`;
}

/** Takes our table away, whether it is there or not. */
export function removal(): string {
  return `add table ${NAME}\ndelete table ${NAME}\n`;
}
