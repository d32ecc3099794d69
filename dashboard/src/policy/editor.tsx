/** A text with YAML's colours; with problems and completion where it can be written, with what was there before where it is compared. */

import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { useEffect, useRef } from "react";
import { type EditorState, OpenEditor } from "./open-editor.ts";

interface EditorProps {
  readonly label: string;
  readonly text: string;
  readonly isReadOnly?: boolean;
  /** What it is compared with. */
  readonly original?: string;
  /** To be shown and marked. */
  readonly line?: number;
  readonly problems?: readonly Problem[];
  readonly onChange?: (text: string) => void;
}

export function Editor({ label, text, isReadOnly = false, original, line, problems, onChange }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<OpenEditor>(undefined);
  const hasProblems = problems !== undefined;
  const latest = useRef(onChange);
  latest.current = onChange;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a text that is being written is the editor's; the one given is where it begins
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const state: EditorState = {
      label,
      text,
      isReadOnly,
      ...(original !== undefined && { original }),
      ...(line !== undefined && { line }),
      hasProblems,
      changed: (next) => latest.current?.(next),
    };
    const open = new OpenEditor(element, state);
    editor.current = open;
    return () => open.close();
  }, [label, isReadOnly, original, line, hasProblems, isReadOnly ? text : ""]);
  useEffect(() => editor.current?.show(problems ?? []), [problems]);
  return <div className="editor" ref={place} />;
}
