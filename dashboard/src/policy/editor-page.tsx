/** Writes a draft: problems in place by the server's own parser, what it would change, and keeping it. */

import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { send } from "../api/client.ts";
import { type PolicyFile, useFiles, useStatus } from "../api/queries.ts";
import { useAddressState } from "../parts/address-state.ts";
import { Failure, Loaded, Page, Waiting } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { counted } from "../parts/words.ts";
import { inText } from "./doubts.ts";
import { type DraftText, useDraftText, useKeepDraftText } from "./draft-text.ts";
import { Editor } from "./editor.tsx";
import { FIRST_POLICY, withRule } from "./new-text.ts";
import { ProblemList } from "./problem-list.tsx";
import { useDoubtsOfText } from "./use-lint.ts";

export default function EditorPage() {
  const [state] = useAddressState();
  const status = useStatus();
  const base = state.base === undefined ? (status.data?.policy ?? undefined) : Number(state.base);
  const files = useFiles(base);
  const begun = useBegun(base, state);
  return (
    <Page title="Draft" under={{ path: "/policy", name: "Versions" }}>
      {status.data === undefined ? (
        <Waiting what="the policy" />
      ) : base === undefined ? (
        <Draft files={[{ name: "policy.yaml", text: FIRST_POLICY }]} begun={begun} base={undefined} />
      ) : (
        <Loaded query={files} what="the policy">
          {(given) => (
            <Draft key={base} files={withRule(given, state)} begun={begun} kept={given} base={base} />
          )}
        </Loaded>
      )}
    </Page>
  );
}

/** What was written from the same version and is not kept yet; whoever comes for one rule more gets just that. */
function useBegun(
  base: number | undefined,
  { from }: Readonly<Record<string, string>>,
): readonly PolicyFile[] | undefined {
  const text = useDraftText();
  const [found] = useState<DraftText | undefined>(text);
  return from === undefined && found?.base === base ? found?.files : undefined;
}

function Draft({
  files,
  begun,
  kept = [],
  base,
}: {
  readonly files: readonly PolicyFile[];
  readonly begun: readonly PolicyFile[] | undefined;
  /** What the version says that it begins with. */
  readonly kept?: readonly PolicyFile[];
  readonly base: number | undefined;
}) {
  const [texts, setTexts] = useState(begun ?? files);
  const [open, setOpen] = useState((begun?.at(-1) ?? files[0])?.name ?? "");
  const keepText = useKeepDraftText();
  const mayKeep = useMay("editor");
  const deferred = useDeferredValue(texts);
  const problems = useMemo(() => parsePolicy(deferred, { now: Date.now() }).problems, [deferred]);
  const doubts = useDoubtsOfText(deferred, problems);
  const all = useMemo(() => inText([...problems, ...doubts]), [problems, doubts]);
  const own = useMemo(() => all.filter(({ place }) => place.file === open), [all, open]);
  const hasChanged = texts.length !== kept.length || texts.some(({ text }, at) => text !== kept[at]?.text);
  useLeaveWarning(texts !== files);
  const isWritten = texts !== files;
  useEffect(() => {
    if (isWritten) keepText({ files: deferred, base, at: Date.now() });
  }, [deferred, base, isWritten, keepText]);
  const current = texts.find(({ name }) => name === open);
  return (
    <div className="draft">
      <div className="draft-main">
        {texts.length > 1 && (
          <div className="tabs" role="tablist" aria-label="Files">
            {texts.map(({ name }) => {
              const wrong = problems.filter(
                ({ place, severity }) => place.file === name && severity === "error",
              );
              return (
                <button
                  key={name}
                  type="button"
                  role="tab"
                  aria-selected={name === open}
                  onClick={() => setOpen(name)}
                >
                  {name}
                  {wrong.length > 0 && <span className="wrong">{wrong.length}</span>}
                </button>
              );
            })}
          </div>
        )}
        {current !== undefined && (
          <Editor
            key={open}
            label={`${open}, YAML`}
            text={current.text}
            problems={own}
            onChange={(text) =>
              setTexts((all) => all.map((file) => (file.name === open ? { ...file, text } : file)))
            }
          />
        )}
      </div>
      <aside className="draft-side">
        {mayKeep ? (
          <Save files={texts} problems={problems} hasChanged={hasChanged} />
        ) : (
          <p className="dim">Only an editor keeps drafts. What is written here stays in this window.</p>
        )}
        <Problems problems={all} />
        <p className="dim">
          {base === undefined ? "The first version." : `From version ${base}.`} Ctrl-Space shows what may
          stand at a place. A draft changes nothing on any host until it is provisioned.
        </p>
      </aside>
    </div>
  );
}

function Save({
  files,
  problems,
  hasChanged,
}: {
  readonly files: readonly PolicyFile[];
  readonly problems: readonly Problem[];
  readonly hasChanged: boolean;
}) {
  const [, go] = useLocation();
  const forget = useKeepDraftText();
  const [message, setMessage] = useState("");
  const [error, setError] = useState<Error | undefined>();
  const [refused, setRefused] = useState<Refused | undefined>();
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const save = async () => {
    setError(undefined);
    try {
      const answer = await send<Answer>("POST", "policies", { files, message });
      if (answer.number !== null) {
        forget(undefined);
        go(`/policy/${answer.number}?show=impact`);
      } else setRefused({ files, problems: answer.problems });
    } catch (failed) {
      setError(failed as Error);
    }
  };
  return (
    <div className="form">
      <label>
        <span>What it is for</span>
        <input
          value={message}
          placeholder="the backup job may reach db"
          onChange={(event) => setMessage(event.target.value)}
        />
      </label>
      <button type="button" className="button main" disabled={errors > 0 || !hasChanged} onClick={save}>
        Keep as a draft
      </button>
      {errors > 0 && (
        <p className="dim">Its {counted(errors, "error")} would keep every host from taking it.</p>
      )}
      {error !== undefined && <Failure error={error} />}
      {refused?.files === files && (
        <div className="notice bad" role="alert">
          <strong>The server keeps no draft like this:</strong>
          <ProblemList problems={refused.problems.filter(({ severity }) => severity === "error")} />
        </div>
      )}
    </div>
  );
}

interface Answer {
  readonly number: number | null;
  readonly problems: readonly Problem[];
}

/** What the server found in files that this page's parser accepts: an invariant that does not hold on the hosts that there are. */
interface Refused {
  readonly files: readonly PolicyFile[];
  readonly problems: readonly Problem[];
}

function problemsTitle(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  if (problems.length === 0) return "No problems";
  if (errors === 0) return counted(warnings, "warning");
  return warnings === 0
    ? counted(errors, "error")
    : `${counted(errors, "error")}, ${counted(warnings, "warning")}`;
}

function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    <section aria-label="Problems" aria-live="polite">
      <h2>{problemsTitle(problems)}</h2>
      <ProblemList problems={problems} />
    </section>
  );
}

function useLeaveWarning(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isNeeded]);
}
