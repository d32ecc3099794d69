/** Label selectors in kubectl's syntax: `a=b`, `a==b`, `a!=b`, `a in (x, y)`, `a notin (x, y)`, `a`, `!a`, joined by commas, which mean *and*. */

import type { Requirement, Selector } from "./policy.ts";

/** Why a text is no selector; `offset` counts the characters before the place in the text. */
export interface SelectorProblem {
  readonly problem: string;
  readonly offset: number;
}

interface Token {
  readonly kind: "word" | "sign" | "end";
  readonly text: string;
  readonly offset: number;
}

/** Characters that end a word. `<` and `>` are kubectl's comparisons of numbers, which the policy does not have. */
const SIGNS = /[=!(),<>]/;
const TOKEN = /(==|!=|[=!(),<>])|[^\s=!(),<>]+/gu;

export function parseSelector(text: string): { readonly selector: Selector } | SelectorProblem {
  const reader = new TokenReader(text);
  const requirements: Requirement[] = [];
  for (;;) {
    const requirement = parseRequirement(reader);
    if ("problem" in requirement) return requirement;
    requirements.push(requirement);
    const after = reader.next();
    if (after.kind === "end") return { selector: { text, requirements } };
    if (after.text !== ",") return unexpected(after, "',' or the end");
  }
}

/** Whether a text can stand for a label, or a value, in a selector. */
export function isSelectorWord(text: string): boolean {
  return text !== "" && !SIGNS.test(text) && !/\s/u.test(text);
}

function parseRequirement(reader: TokenReader): Requirement | SelectorProblem {
  const first = reader.next();
  if (first.text === "!" && first.kind === "sign") {
    const label = reader.next();
    return label.kind === "word"
      ? { operator: "absent", label: label.text }
      : unexpected(label, "a label after '!'");
  }
  if (first.kind !== "word") return unexpected(first, "a label or '!'");
  const label = first.text;
  const operator = reader.peek();
  if (operator.kind === "end" || operator.text === ",") return { operator: "exists", label };
  reader.next();
  switch (operator.text) {
    case "=":
    case "==":
      return parseOneValue(reader, { operator: "in", label, sign: operator.text });
    case "!=":
      return parseOneValue(reader, { operator: "notin", label, sign: operator.text });
    case "in":
    case "notin":
      return parseValues(reader, { operator: operator.text, label });
    default:
      return unexpected(operator, "=, ==, !=, in, notin or ','");
  }
}

function parseOneValue(
  reader: TokenReader,
  { operator, label, sign }: { operator: "in" | "notin"; label: string; sign: string },
): Requirement | SelectorProblem {
  const value = reader.next();
  // kubectl would take the empty value here; a forgotten one is far more likely, and `a!=` would select nearly every host.
  if (value.kind !== "word") return unexpected(value, `a value after '${sign}'`);
  return { operator, label, values: [value.text] };
}

function parseValues(
  reader: TokenReader,
  { operator, label }: { operator: "in" | "notin"; label: string },
): Requirement | SelectorProblem {
  const open = reader.next();
  if (open.text !== "(") return unexpected(open, `'(' after '${operator}'`);
  const values: string[] = [];
  for (;;) {
    const value = reader.next();
    if (value.kind !== "word") return unexpected(value, "a value");
    if (!values.includes(value.text)) values.push(value.text);
    const after = reader.next();
    if (after.text === ")") return { operator, label, values };
    if (after.text !== ",") return unexpected(after, "',' or ')'");
  }
}

function unexpected(token: Token, expected: string): SelectorProblem {
  const found = token.kind === "end" ? "the selector ends" : `the selector has '${token.text}'`;
  return { problem: `${found} where ${expected} was expected`, offset: token.offset };
}

class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  #at = 0;

  constructor(text: string) {
    this.#tokens = [...text.matchAll(TOKEN)].map((match) => ({
      kind: match[1] === undefined ? "word" : "sign",
      text: match[0],
      offset: match.index,
    }));
    this.#end = { kind: "end", text: "", offset: text.length };
  }

  peek(): Token {
    return this.#tokens[this.#at] ?? this.#end;
  }

  next(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }
}
