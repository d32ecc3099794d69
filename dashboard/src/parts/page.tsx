/** What all pages have: a heading with what can be done, and words for waiting, failing and emptiness. */

import type { ReactNode } from "react";
import { useEffect } from "react";
import { Link } from "wouter";
import { ApiError } from "../api/client.ts";
import { Prose } from "./prose.tsx";

interface PageProps {
  readonly title: string;
  /** The page that one comes from: this one is a detail of it. */
  readonly under?: { readonly path: string; readonly name: string };
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  /** The page takes the window's height and scrolls inside. */
  readonly fills?: boolean;
}

export function Page({ title, under, aside, children, fills = false }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Bulkhead`;
  }, [title]);
  return (
    <main className={fills ? "page fills" : "page"} id="main" tabIndex={-1}>
      <header className="page-head">
        <h1>
          {under !== undefined && (
            <>
              <Link href={under.path} className="crumb">
                {under.name}
              </Link>{" "}
            </>
          )}
          {title}
        </h1>
        <div className="page-aside">{aside}</div>
      </header>
      {children}
    </main>
  );
}

export function Waiting({ what }: { readonly what: string }) {
  return (
    <p className="waiting" role="status">
      Loading {what}…
    </p>
  );
}

export function Failure({ error }: { readonly error: Error }) {
  return (
    <div className="notice bad" role="alert">
      <strong>
        {error instanceof ApiError ? <Prose text={error.message} /> : "The server cannot be reached."}
      </strong>
      <p>
        {error instanceof ApiError ? (
          <Prose text={error.remedy} />
        ) : (
          "Hosts go on enforcing. The page tries again by itself."
        )}
      </p>
    </div>
  );
}

/** Says what to do next. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** One of: the thing, a word that it is awaited, or why it does not come. */
export function Loaded<T>({
  query,
  what,
  children,
}: {
  readonly query: { readonly data: T | undefined; readonly error: Error | null };
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error } = query;
  if (data !== undefined)
    return (
      <>
        {error !== null && <Failure error={error} />}
        {children(data)}
      </>
    );
  return error === null ? <Waiting what={what} /> : <Failure error={error} />;
}
