/** nft's text, taken apart as far as a fake kernel needs it: statements, and the blocks that some of them open. */

export interface Statement {
  /** Without its block, spaces made one. */
  readonly text: string;
  /** Counts from 1. */
  readonly line: number;
  /** What stands between the braces that a table, set, map or chain opens. */
  readonly block?: readonly Statement[];
}

/** Braces after any other words (elements, verdict maps) belong to the statement. */
const OPENS_BLOCK = /^(?:(?:add|create) )?(?:table|set|map|chain) (?:inet \S+ ?)?\S* ?$/;

/** A place in the text that moves on. */
interface Cursor {
  readonly text: string;
  at: number;
  line: number;
}

export function readStatements(text: string): readonly Statement[] {
  const cursor = { text, at: 0, line: 1 };
  const statements = readBlock(cursor);
  if (cursor.at < text.length) throw new SyntaxError(`line ${cursor.line}: unexpected '}'`);
  return statements;
}

/** Statements up to the brace that ends the block, or the end of the text. */
function readBlock(cursor: Cursor): readonly Statement[] {
  const statements: Statement[] = [];
  while (cursor.at < cursor.text.length && cursor.text[cursor.at] !== "}") {
    const statement = readStatement(cursor);
    if (statement.text !== "") statements.push(statement);
  }
  return statements;
}

function readStatement(cursor: Cursor): Statement {
  let text = "";
  let line = cursor.line;
  while (cursor.at < cursor.text.length && cursor.text[cursor.at] !== "}") {
    if (text === "") line = cursor.line;
    const piece = readPiece(cursor);
    if (piece === "\n" || piece === ";") break;
    if (piece === " " && (text === "" || text.endsWith(" "))) continue;
    if (piece !== "{") text += piece;
    else if (OPENS_BLOCK.test(text)) return { text: text.trim(), line, block: readInner(cursor) };
    else text += `{${skipBraces(cursor)}}`;
  }
  return { text: text.trim(), line };
}

/** A word, a whole quoted string, one other character, or what a comment leaves of itself. */
function readPiece(cursor: Cursor): string {
  const rest = /"[^"\n]*"|#[^\n]*|[^\s{};"#]+|[\s\S]/y;
  rest.lastIndex = cursor.at;
  const piece = rest.exec(cursor.text)?.[0] ?? "";
  cursor.at += piece.length;
  if (piece === "\n") cursor.line++;
  if (piece.startsWith("#")) return "";
  return piece === "\t" ? " " : piece;
}

function readInner(cursor: Cursor): readonly Statement[] {
  const opened = cursor.line;
  const block = readBlock(cursor);
  if (cursor.text[cursor.at] !== "}") throw new SyntaxError(`line ${opened}: a block without its end`);
  cursor.at++;
  return block;
}

function skipBraces(cursor: Cursor): string {
  let inner = "";
  for (let depth = 1; ; ) {
    const piece = readPiece(cursor);
    if (piece === "") throw new SyntaxError(`line ${cursor.line}: braces without their end`);
    if (piece === "{") depth++;
    if (piece === "}" && --depth === 0) return inner;
    inner += piece === "\n" ? " " : piece;
  }
}
