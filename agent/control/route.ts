/** What can be asked of the daemon. Whoever runs the server brings the answers. */

export interface Route {
  readonly method: "GET" | "POST";
  /** Exact: `/v1/status`. */
  readonly path: string;
  /** What it throws goes to the asker as code, message and remedy. */
  readonly handler: (question: Question) => Answer | Promise<Answer>;
}

export interface Question {
  readonly query: URLSearchParams;
  /** The JSON that was sent; undefined where nothing was. */
  readonly body: unknown;
  /** Aborted when the asker has gone, or all that was asked for is told. */
  readonly signal: AbortSignal;
}

export type Answer =
  | { readonly kind: "json"; readonly body: object }
  | { readonly kind: "text"; readonly text: string; readonly type: string }
  /** One JSON object a line. The next is asked for when the reader has taken those before; see `LineQueue` for what cannot wait. */
  | { readonly kind: "lines"; readonly lines: Iterable<object> | AsyncIterable<object> };
