/** Marks that open something and wait for its end, so that what is never closed is reported where it begins and not where the text ends. */

/** The YAML lexer's sign that brackets end by indentation, without their closing marks. */
const FLOW_END = "\x18";

export class Openings {
  #quote = 0;
  /** Offsets of the brackets that are open, outermost first. */
  #open: number[] = [];
  /** Offsets of those that were never closed, in the order in which the library reports them: innermost first. */
  readonly #unclosed: number[] = [];

  /** Takes one lexeme that is no plain text. */
  see(lexeme: string, offset: number): void {
    const mark = lexeme[0];
    if (mark === '"' || mark === "'") this.#quote = offset;
    else if (mark === "[" || mark === "{") this.#open.push(offset);
    else if (mark === "]" || mark === "}") this.#open.pop();
    else if (mark === FLOW_END) this.end();
  }

  /** Takes the end of the text. */
  end(): void {
    this.#unclosed.push(...this.#open.reverse());
    this.#open = [];
  }

  /** Where that begins which the library's message calls unclosed; undefined for every other message. */
  ofMessage(message: string): number | undefined {
    if (message.startsWith("Missing closing")) return this.#quote;
    return /end with a [}\]]$/.test(message) ? this.#unclosed.shift() : undefined;
  }
}
