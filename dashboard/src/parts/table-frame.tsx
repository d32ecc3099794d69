import type { ReactNode } from "react";

/** Around a table that may be wider than the screen: it scrolls sideways, by keyboard as well. */
export function TableFrame({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="table-frame" tabIndex={0} aria-label={label}>
      <table>{children}</table>
    </section>
  );
}

/** The headings of its columns; an empty one is for what can be done. */
export function TableHead({ names }: { readonly names: readonly string[] }) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {name === "" ? <span className="unseen">Actions</span> : name}
          </th>
        ))}
      </tr>
    </thead>
  );
}
