/** Text -> the one YAML document in it, read so that hostile text costs no more than honest text of its size. */

import { Composer, type CST, Lexer, type ParsedNode, Parser } from "yaml";
import { formatCount, LIMITS } from "../limits.ts";
import { Openings } from "./openings.ts";
import type { Source } from "./source.ts";
import type { SyntaxFaults } from "./syntax-faults.ts";
import { yamlWords } from "./yaml-words.ts";

/** The document and its scalar at the top of the parser's stack are no nesting. */
const STACK_BESIDE_NESTING = 2;

/** The library's sign that the next lexeme is a plain scalar's text. */
const SCALAR_FOLLOWS = "\x1f";

const LIMIT = { code: "policy/limit-exceeded" } as const;

/** Gives the document's content, or undefined where the text holds none; faults go to `faults`, and may throw `TooManyFaults`. */
export function readDocument(source: Source, faults: SyntaxFaults): ParsedNode | undefined {
  const openings = new Openings();
  const document = findDocument(source, { faults, openings });
  if (document === undefined || faults.any) return undefined;
  return compose(document, { faults, openings });
}

interface Watch {
  readonly faults: SyntaxFaults;
  readonly openings: Openings;
}

function findDocument(source: Source, watch: Watch): CST.Document | undefined {
  const { faults } = watch;
  let document: CST.Document | undefined;
  for (const token of tokensOf(source.text, watch)) {
    if (token.type === "error") faults.add(token.offset, yamlWords(token.message));
    else if (token.type === "directive" && !/^%YAML 1\.2\s*$/.test(token.source))
      faults.add(token.offset, `the directive '${token.source}' is not allowed`, {
        code: "policy/unsupported-yaml",
      });
    else if (token.type === "document") {
      if (document !== undefined)
        faults.fatal(token.offset, "a second YAML document begins here, expected one in each file", {
          code: "policy/several-documents",
        });
      document = token;
    }
  }
  return document;
}

/** The parser builds its tree without recursion, but composing recurses: too deep a tree must end here. */
function* tokensOf(text: string, { faults, openings }: Watch): Generator<CST.Token> {
  const parser = new Parser();
  let before = "";
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (parser.stack.length > LIMITS.nesting + STACK_BESIDE_NESTING)
      faults.fatal(parser.offset, `lists and maps are nested more than ${LIMITS.nesting} deep here`, LIMIT);
    if (++count > LIMITS.lexemes)
      faults.fatal(
        parser.offset,
        `the file has more than ${formatCount(LIMITS.lexemes)} words, brackets, commas and spaces`,
        LIMIT,
      );
    if (before !== SCALAR_FOLLOWS) {
      openings.see(lexeme, parser.offset);
      if (lexeme.startsWith("!")) refuseTag(lexeme, parser.offset, faults);
    }
    before = lexeme;
    yield* parser.next(lexeme);
  }
  openings.end();
  yield* parser.end();
}

function refuseTag(tag: string, offset: number, faults: SyntaxFaults): void {
  faults.add(offset, `'${tag.slice(0, 64)}' is a YAML tag, expected a plain value`, {
    code: "policy/unsupported-yaml",
    hint: "text that begins with ! needs quotes",
  });
}

function compose(document: CST.Document, { faults, openings }: Watch): ParsedNode | undefined {
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    merge: false,
    strict: true,
    // The library compares every key with every other; ours are compared, with their places, when they are read.
    uniqueKeys: false,
  });
  // Private, and the one way to stop at the first faults instead of collecting millions; a test holds it.
  Reflect.set(
    composer,
    "onError",
    (where: FaultSource, _code: string, message: string, warning?: boolean) => {
      if (warning !== true) faults.add(openings.ofMessage(message) ?? offsetOf(where), yamlWords(message));
    },
  );
  const [parsed] = [...composer.next(document), ...composer.end()];
  return parsed?.contents ?? undefined;
}

type FaultSource = number | readonly number[] | { readonly offset: number };

function offsetOf(where: FaultSource): number {
  if (typeof where === "number") return where;
  return "offset" in where ? where.offset : (where[0] ?? 0);
}
