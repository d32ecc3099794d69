/** Label selectors in kubectl's syntax: `a=b`, `a==b`, `a!=b`, `a in (x, y)`, `a notin (x, y)`, `a`, `!a`, joined by commas, which mean *and*. */

import { LIMITS } from "./limits.ts";
import type { Requirement, Selector } from "./policy.ts";
import { quote } from "./text/tree.ts";

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

/** `<` and `>` are kubectl's comparisons of numbers, which the policy does not have. */
const TOKEN = /(==|!=|[=!(),<>])|[^\s=!(),<>]+/gu;

/** As kubectl has it, in any script. Strict, so that `app:shop` or `app~web` is a slip and not a label that no host has. */
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._/-]*[\p{L}\p{M}\p{N}])?$/u;

/** More than kubectl takes, and yet no quotes, wildcards and separators, which would be slips too. */
const VALUE = /^[\p{L}\p{M}\p{N}._/:@+-]+$/u;

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

/** Whether a text can be a label. */
export function isLabel(text: string): boolean {
  return text.length <= LIMITS.nameLength && LABEL.test(text);
}

/** Whether a selector can name this value of a label. */
function isValue(text: string): boolean {
  return text.length <= LIMITS.nameLength && VALUE.test(text);
}

function parseRequirement(reader: TokenReader): Requirement | SelectorProblem {
  const first = reader.next();
  if (first.text === "!" && first.kind === "sign") {
    const label = reader.next();
    return isLabel(label.text)
      ? { operator: "absent", label: label.text }
      : unexpected(label, "a label after '!'");
  }
  if (!isLabel(first.text)) return unexpected(first, "a label or '!'");
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
  if (!isValue(value.text)) return unexpected(value, `a value after '${sign}'`);
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
    if (!isValue(value.text)) return unexpected(value, "a value");
    if (!values.includes(value.text)) values.push(value.text);
    const after = reader.next();
    if (after.text === ")") return { operator, label, values };
    if (after.text !== ",") return unexpected(after, "',' or ')'");
  }
}

function unexpected(token: Token, expected: string): SelectorProblem {
  const found = token.kind === "end" ? "the selector ends" : `the selector has ${quote(token.text)}`;
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
