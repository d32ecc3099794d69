/** One version: its files, what it changes as text and what that would mean, and making it active. */

import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { Link, useParams } from "wouter";
import { useFiles, useStatus, useVersions } from "../api/queries.ts";
import { useAddressState } from "../parts/address-state.ts";
import { Choice } from "../parts/choice.tsx";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { Moment } from "../parts/time.tsx";
import { Impact, PLAN_WINDOW } from "../plan/impact.tsx";
import { InWaves } from "../rollouts/in-waves.tsx";
import { Approvals } from "./approvals.tsx";
import { Editor } from "./editor.tsx";
import { Lint } from "./lint.tsx";
import { Provision } from "./provision.tsx";
import { TextChanges } from "./text-changes.tsx";
import { useDoubts } from "./use-lint.ts";

const SHOWN = [
  { value: "files", words: "Files" },
  { value: "changes", words: "Changes as text" },
  { value: "impact", words: "Impact" },
  { value: "lint", words: "Lint" },
] as const;
const NONE: readonly Problem[] = [];
type Shown = (typeof SHOWN)[number]["value"];

export default function VersionPage() {
  const { number: text } = useParams();
  const status = useStatus().data;
  const active = status?.policy ?? undefined;
  const number = text === "active" ? active : Number(text);
  const [{ show = "files", file, line, window }, change] = useAddressState();
  const doubts = useDoubts(number);
  if (text === "active" && status !== undefined && active === undefined)
    return (
      <Page title="Versions">
        <Empty title="No version is in force.">
          <Link href="/policy">All versions</Link>
        </Empty>
      </Page>
    );
  if (number === undefined) return <Page title="Versions">{null}</Page>;
  return (
    <Page
      title={`Version ${number}`}
      under={{ path: "/policy", name: "Versions" }}
      aside={<Actions number={number} active={active} />}
    >
      <About number={number} />
      <Approvals number={number} />
      <div className="spaced">
        <Choice
          label="Show"
          value={(SHOWN.find(({ value }) => value === show) ?? SHOWN[0]).value}
          options={withCount(doubts?.length ?? 0)}
          onChange={(value: Shown) => change({ show: value, window: undefined })}
        />
      </div>
      {show === "changes" && <TextChanges from={active} to={number} />}
      {show === "impact" && status !== undefined && (
        <Impact
          version={number}
          active={active}
          window={window ?? PLAN_WINDOW}
          onWindow={(value) => change({ window: value })}
        />
      )}
      {show === "lint" && (
        <Lint version={number} window={window} onWindow={(value) => change({ window: value })} />
      )}
      {!["changes", "impact", "lint"].includes(show) && (
        <Files
          number={number}
          doubts={doubts}
          at={{ file, line: line === undefined ? undefined : Number(line) }}
        />
      )}
    </Page>
  );
}

/** How much is doubtful, without what was recorded: that is asked for when somebody looks. */
function withCount(doubtful: number): readonly { readonly value: Shown; readonly words: string }[] {
  if (doubtful === 0) return SHOWN;
  return SHOWN.map((one) => (one.value === "lint" ? { ...one, words: `${one.words} (${doubtful})` } : one));
}

function About({ number }: { readonly number: number }) {
  const version = useVersions().data?.find((one) => one.number === number);
  if (version === undefined) return null;
  return (
    <p className="dim spaced">
      {version.message === "" ? "no words" : version.message} · {version.author}, <Moment at={version.at} />
      {version.active && (
        <>
          {" "}
          · <span className="sync good">● in force</span>
        </>
      )}
    </p>
  );
}

function Actions({ number, active }: { readonly number: number; readonly active: number | undefined }) {
  const hosts = useStatus().data?.hosts;
  const mayEdit = useMay("editor");
  const mayProvision = useMay("approver");
  return (
    <>
      {mayEdit && (
        <Link className="button" href={`/policy/edit?base=${number}`}>
          Edit from here
        </Link>
      )}
      {mayProvision && number !== active && hosts !== undefined && (
        <>
          <InWaves version={number} />
          <Provision version={number} active={active} hosts={hosts} />
        </>
      )}
    </>
  );
}

function Files({
  number,
  doubts,
  at: { file, line },
}: {
  readonly number: number;
  readonly doubts: readonly Problem[] | undefined;
  readonly at: { readonly file: string | undefined; readonly line: number | undefined };
}) {
  return (
    <Loaded query={useFiles(number)} what="files">
      {(files) => (
        <>
          {files.map(({ name, text }) => (
            <section key={name} className="file">
              <h2 className="mono">{name}</h2>
              <Editor
                label={name}
                text={text}
                isReadOnly
                problems={doubts?.filter(({ place }) => place.file === name) ?? NONE}
                {...(name === file && line !== undefined && { line })}
              />
            </section>
          ))}
        </>
      )}
    </Loaded>
  );
}
