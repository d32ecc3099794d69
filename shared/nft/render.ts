/** The tree as nft's language. The only place where rules become text. */

import { renderMatch } from "./match-text.ts";
import { type ChainNode, type Element, type RuleNode, type Ruleset, type SetNode, TABLE } from "./ruleset.ts";
import { renderStatement } from "./statement-text.ts";

/** The text of a fresh `table inet bulkhead { … }`, for `nft -f` where there is no such table yet, and for people. */
export function render(ruleset: Ruleset): string {
  const blocks = [...ruleset.sets.map(renderSet), ...ruleset.chains.map(renderChain)];
  return `table ${TABLE.family} ${TABLE.name} {\n${blocks.join("\n")}}\n`;
}

function renderSet({ name, type, flags, comment, elements }: SetNode): string {
  const lines = [
    `type ${type}`,
    ...(flags.length === 0 ? [] : [`flags ${flags.join(",")}`]),
    ...(comment === undefined ? [] : [`comment "${comment}"`]),
    // `elements = { }` is a syntax error.
    ...(elements.length === 0 ? [] : [`elements = { ${elements.map(renderElement).join(", ")} }`]),
  ];
  return block(`set ${name}`, lines);
}

function renderElement(element: Element): string {
  switch (element.kind) {
    case "address":
      return element.address;
    case "block":
      return element.block;
    case "cgroup":
      return `"${element.path}"`;
    case "uid":
      return String(element.uid);
    case "timer":
      return `0x0 timeout ${element.seconds}s`;
  }
}

function renderChain({ name, base, banner, rules }: ChainNode): string {
  const hook =
    base === undefined ? [] : [`type filter hook ${base.hook} priority filter + 10; policy ${base.policy};`];
  const text = block(`chain ${name}`, [...hook, ...rules.map(renderRule)]);
  return banner === undefined ? text : `\t# ${banner}\n${text}`;
}

function renderRule({ matches, statements, comment }: RuleNode): string {
  return [
    ...matches.map(renderMatch),
    ...statements.map(renderStatement),
    ...(comment === undefined ? [] : [`comment "${comment}"`]),
  ].join(" ");
}

function block(head: string, lines: readonly string[]): string {
  return `\t${head} {\n${lines.map((line) => `\t\t${line}\n`).join("")}\t}\n`;
}
