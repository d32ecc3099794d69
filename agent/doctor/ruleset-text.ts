/** Everybody's rules, read from nft's own listing: as much of it as tells what they do to packets. */

export interface ListedChain {
  /** `ip nat` */
  readonly table: string;
  readonly name: string;
  /** Present where the kernel itself calls the chain. */
  readonly base: BaseChain | undefined;
  /** The rules' text, without counters. */
  readonly rules: readonly string[];
}

export interface BaseChain {
  readonly type: string;
  readonly hook: string;
  readonly priority: number;
  readonly policy: "accept" | "drop";
}

/** nft's names for priorities (`man 8 nft`, PRIORITIES), for every family but bridge. */
const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};
const MOST_RULES = 100_000;

/** Lines that are neither chains nor rules (sets, comments, flowtables) are passed over. */
export function readRuleset(text: string): readonly ListedChain[] {
  const chains: { table: string; name: string; base: BaseChain | undefined; rules: string[] }[] = [];
  let table = "";
  let inChain = false;
  for (const line of text.split("\n").slice(0, MOST_RULES)) {
    const word = line.trim();
    const opened = /^(table|chain) (.+) \{$/.exec(word);
    if (opened?.[1] === "table") table = opened[2] ?? "";
    else if (opened?.[1] === "chain") {
      chains.push({ table, name: opened[2] ?? "", base: undefined, rules: [] });
      inChain = true;
    } else if (line.startsWith("\t}")) inChain = false;
    else if (inChain) readLine(word, chains.at(-1));
  }
  return chains;
}

function readLine(word: string, chain: { base: BaseChain | undefined; rules: string[] } | undefined): void {
  if (chain === undefined || word === "" || word.startsWith("comment ")) return;
  const base =
    /^type (\S+) hook (\S+)(?: device(?:s = \{[^}]*\}| \S+))? priority ([^;]+);(?: policy (\w+);)?/.exec(
      word,
    );
  if (base === null) chain.rules.push(word);
  else {
    const [, type = "", hook = "", priority = "", policy] = base;
    chain.base = {
      type,
      hook,
      priority: priorityOf(priority),
      policy: policy === "drop" ? "drop" : "accept",
    };
  }
}

/** `filter + 10`, `-100`, `dstnat`. */
function priorityOf(text: string): number {
  const [, name = "", sign = "+", offset = "0"] = /^([a-z]+)(?: ([+-]) (\d+))?$/.exec(text) ?? [];
  const known = PRIORITIES[name];
  if (known === undefined) return Number(text) || 0;
  return known + (sign === "-" ? -1 : 1) * Number(offset);
}
