/** What can be asked of the server: a route says what it takes and what it answers, and whoever runs the server brings the handler. */

import { z } from "zod";
import type { Principal } from "../accounts/principal.ts";
import type { Role } from "../accounts/role.ts";
import type { Opened } from "../accounts/sessions.ts";
import { assertStrict } from "./strictness.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Who may ask: a role, or `anyone`, signed in or not. */
export type Needed = Role | "anyone";

/** Many JSON objects, one a line (application/x-ndjson). They are sent as they are. */
export interface LinesShape<L extends z.ZodType = z.ZodType> {
  readonly kind: "lines";
  readonly line: L;
}

export interface TextShape {
  readonly kind: "text";
  readonly mediaType: string;
  /** Of a page that brings what it needs, in the place of the dashboard's. */
  readonly contentSecurityPolicy?: string;
}

/** Server-sent events, as text in the form of the HTML standard, 9.2. */
export interface EventsShape {
  readonly kind: "events";
}

/** A schema is JSON: what the handler returns is checked against it, and fields that it does not name are left out. */
export type AnswerShape = z.ZodType | LinesShape | TextShape | EventsShape;

export type AnswerOf<A extends AnswerShape> = A extends z.ZodType
  ? z.input<A>
  : A extends LinesShape<infer L>
    ? Iterable<z.input<L>> | AsyncIterable<z.input<L>>
    : A extends TextShape
      ? string
      : AsyncIterable<string>;

export interface Context<N extends Needed = Role> {
  /** Who asks; undefined only where anyone may. */
  readonly principal: N extends "anyone" ? undefined : Principal;
  /** The asker's address; undefined over the unix socket. */
  readonly address: string | undefined;
  /** Aborted when the asker has gone, or has its whole answer. */
  readonly signal: AbortSignal;
  /** Whether the asker may still ask this: what it proved itself by may end while a long answer is told. */
  readonly isStillAllowed: () => boolean;
  /** A header of the request, by its name in small letters. */
  readonly header: (name: string) => string | undefined;
  /** Counts an attempt of this address to prove something that can be guessed, right or wrong. Throws `server/too-many-requests`; never over the unix socket. */
  readonly countAttempt: () => Promise<void>;
  /** What has the asker's browser show a session from now on. Throws `server/cross-site` at once for what another site may have made the browser send. */
  readonly sessionKeeper: () => (opened: Opened) => void;
}

type Given<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a route looks after itself. `scope`: that somebody who is limited to segments changes only what is theirs; any other route that needs an editor refuses them. */
export type Minded = "scope";

export interface RouteSpec<
  N extends Needed,
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
  A extends AnswerShape,
> {
  readonly method: Method;
  /** `/api/v1/hosts/:name`. */
  readonly path: string;
  readonly role: N;
  readonly minds?: Minded;
  /** A few words for the API's description. */
  readonly summary: string;
  /** Of the path; texts. */
  readonly params?: P;
  /** Texts as well: `z.coerce.number()` makes numbers of them. */
  readonly query?: Q;
  readonly body?: B;
  /** Bytes; 8 MiB where it is not said, 64 KiB where anyone may ask. */
  readonly bodyLimit?: number;
  /** Of a method that is not GET: it looks at something all the same, and leaves no entry in the audit log. */
  readonly changesNothing?: boolean;
  readonly answer: A;
  /** What it throws as a BulkheadError goes to the asker, with the status of `statusOf`. */
  readonly handler: (
    context: Context<N>,
    given: { readonly params: Given<P>; readonly query: Given<Q>; readonly body: Given<B> },
  ) => AnswerOf<A> | Promise<AnswerOf<A>>;
}

/** Any route, once the types of its parts no longer matter: the frame has checked what it gives to `handler`. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly role: Needed;
  readonly minds?: Minded;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly bodyLimit?: number;
  readonly changesNothing?: boolean;
  readonly answer: AnswerShape;
  readonly handler: (context: Context<Needed>, given: unknown) => unknown;
}

/** Declares a route; the types of its handler follow from its schemas. Throws a TypeError for a schema that would let unknown fields pass. */
export function route<
  N extends Needed,
  A extends AnswerShape,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(spec: RouteSpec<N, P, Q, B, A>): Route {
  const name = `${spec.method} ${spec.path}`;
  for (const part of ["params", "query", "body"] as const) {
    const schema = spec[part];
    if (schema !== undefined) assertStrict(schema, `${name}: ${part}`);
  }
  return spec as unknown as Route;
}

export function linesOf<L extends z.ZodType>(line: L): LinesShape<L> {
  return { kind: "lines", line };
}

export function textOf(mediaType: string): TextShape {
  return { kind: "text", mediaType };
}

export function isJson(answer: AnswerShape): answer is z.ZodType {
  return answer instanceof z.ZodType;
}
