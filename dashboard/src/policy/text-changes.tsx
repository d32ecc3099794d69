import { useMemo } from "react";
import { useFiles } from "../api/queries.ts";
import { Empty, Failure, Waiting } from "../parts/page.tsx";
import { Editor } from "./editor.tsx";

/** What differs between two versions, file by file; all of it where there is none to compare with. */
export function TextChanges({ from, to }: { readonly from: number | undefined; readonly to: number }) {
  const before = useFiles(from);
  const after = useFiles(to);
  const names = useMemo(
    () => [...new Set([...(before.data ?? []), ...(after.data ?? [])].map(({ name }) => name))].sort(),
    [before.data, after.data],
  );
  const error = before.error ?? after.error;
  if (error !== null) return <Failure error={error} />;
  if (after.data === undefined || (from !== undefined && before.data === undefined))
    return <Waiting what="both versions" />;
  const textOf = (files: typeof after.data | undefined, name: string) =>
    files?.find((file) => file.name === name)?.text ?? "";
  const changed = names.filter((name) => textOf(before.data, name) !== textOf(after.data, name));
  if (changed.length === 0)
    return (
      <Empty title={from === to ? "This is the version in force." : `It says the same as version ${from}.`}>
        <p>There is nothing to compare.</p>
      </Empty>
    );
  return (
    <>
      <p className="dim spaced">Against version {from ?? "none"}, which is in force.</p>
      {changed.map((name) => (
        <section key={name} className="file">
          <h2 className="mono">{name}</h2>
          <Editor
            label={`changes of ${name}`}
            text={textOf(after.data, name)}
            original={textOf(before.data, name)}
            isReadOnly
          />
        </section>
      ))}
    </>
  );
}
