import type { ReactNode } from "react";

export function Card({
  title,
  more,
  children,
}: {
  readonly title: string;
  readonly more: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="card">
      <h2>{title}</h2>
      {children}
      <p className="card-more">{more}</p>
    </section>
  );
}
