/** CodeMirror in a shadow tree: there its styles are adopted sheets, which a security policy without inline styles allows. */

import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { autocompletion, closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { foldGutter, indentOnInput, indentUnit } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { unifiedMergeView } from "@codemirror/merge";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { type Extension, EditorState as State, type Text } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { complete } from "./completion.ts";
import { LOOK } from "./editor-look.ts";

export interface EditorState {
  readonly label: string;
  readonly text: string;
  readonly isReadOnly: boolean;
  readonly original?: string;
  readonly line?: number;
  /** Whether problems will be shown at their places. */
  readonly hasProblems: boolean;
  readonly changed: (text: string) => void;
}

export class OpenEditor {
  readonly #view: EditorView;

  /** `place` has one editor after the other, never two. */
  constructor(place: HTMLElement, given: EditorState) {
    const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
    const state = State.create({ doc: given.text, extensions: extensionsFor(given) });
    this.#view = new EditorView({ state, root, parent: root });
    if (given.line !== undefined) this.#reveal(given.line);
  }

  /** Marks problems in place; each is of the file that is open. */
  show(problems: readonly Problem[]): void {
    const { doc } = this.#view.state;
    this.#view.dispatch(
      setDiagnostics(
        this.#view.state,
        problems.map((problem) => diagnosticOf(doc, problem)),
      ),
    );
  }

  close(): void {
    this.#view.destroy();
  }

  #reveal(number: number): void {
    const { doc } = this.#view.state;
    if (number < 1 || number > doc.lines) return;
    const line = doc.line(number);
    this.#view.dispatch({
      selection: { anchor: line.from },
      effects: EditorView.scrollIntoView(line.from, { y: "center" }),
    });
    this.#view.dom.scrollIntoView({ block: "nearest" });
  }
}

function extensionsFor({
  label,
  isReadOnly,
  original,
  line,
  hasProblems,
  changed,
}: EditorState): Extension[] {
  const reading = [
    lineNumbers(),
    foldGutter(),
    yaml(),
    LOOK,
    search(),
    keymap.of([...searchKeymap, ...defaultKeymap]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label }),
    State.readOnly.of(isReadOnly),
  ];
  if (hasProblems) reading.push(lintGutter());
  if (line !== undefined) reading.push(highlightActiveLine(), highlightActiveLineGutter());
  if (original !== undefined)
    reading.push(
      unifiedMergeView({ original, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 5 } }),
    );
  if (isReadOnly) return reading;
  return [
    ...reading,
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    indentOnInput(),
    indentUnit.of("  "),
    closeBrackets(),
    autocompletion({ override: [complete], activateOnTypingDelay: 50 }),
    keymap.of([...historyKeymap, indentWithTab]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed(update.state.doc.toString());
    }),
  ];
}

/** From its place to the end of the word there. */
function diagnosticOf(doc: Text, { place, severity, message, hint, code }: Problem): Diagnostic {
  const line = doc.line(Math.min(Math.max(place.line, 1), doc.lines));
  const from = Math.min(line.from + Math.max(place.column - 1, 0), line.to);
  const [word = ""] = /^[^\s,\]}]+/.exec(doc.sliceString(from, line.to)) ?? [];
  return {
    from,
    to: Math.max(from + word.length, Math.min(from + 1, line.to)),
    severity,
    message: hint === undefined ? message : `${message}; ${hint}`,
    source: code,
  };
}
