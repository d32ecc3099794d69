/** One version: its files, what it changes as text and as reach, and making it active. */

import { useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "wouter";
import { send } from "../api/client.ts";
import { useFiles, useStatus, useVersions } from "../api/queries.ts";
import { useAddressState } from "../parts/address-state.ts";
import { Asked } from "../parts/asked.tsx";
import { Choice } from "../parts/choice.tsx";
import { Empty, Loaded, Page } from "../parts/page.tsx";
import { useMay } from "../parts/role.ts";
import { Moment } from "../parts/time.tsx";
import { counted } from "../parts/words.ts";
import { Editor } from "./editor.tsx";
import { ReachChanges } from "./reach-changes.tsx";
import { TextChanges } from "./text-changes.tsx";

const SHOWN = [
  { value: "files", words: "Files" },
  { value: "changes", words: "Changes as text" },
  { value: "reach", words: "Changes as reach" },
] as const;
type Shown = (typeof SHOWN)[number]["value"];

export default function VersionPage() {
  const { number: text } = useParams();
  const status = useStatus().data;
  const active = status?.policy ?? undefined;
  const number = text === "active" ? active : Number(text);
  const [{ show = "files", file, line }, change] = useAddressState();
  if (text === "active" && status !== undefined && active === undefined)
    return (
      <Page title="Policy">
        <Empty title="No version is in force.">
          <Link href="/policy">All versions</Link>
        </Empty>
      </Page>
    );
  if (number === undefined) return <Page title="Policy">{null}</Page>;
  return (
    <Page
      title={`Version ${number}`}
      heading={
        <>
          <Link href="/policy" className="crumb">
            Policy
          </Link>{" "}
          Version {number}
        </>
      }
      aside={<Actions number={number} active={active} />}
    >
      <About number={number} />
      <div className="spaced">
        <Choice
          label="Show"
          value={(SHOWN.find(({ value }) => value === show) ?? SHOWN[0]).value}
          options={SHOWN}
          onChange={(value: Shown) => change({ show: value })}
        />
      </div>
      {show === "changes" && <TextChanges from={active} to={number} />}
      {show === "reach" && <ReachChanges from={active} to={number} />}
      {show !== "changes" && show !== "reach" && (
        <Files number={number} file={file} line={line === undefined ? undefined : Number(line)} />
      )}
    </Page>
  );
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
  const client = useQueryClient();
  return (
    <>
      {mayEdit && (
        <Link className="button" href={`/policy/edit?base=${number}`}>
          Edit from here
        </Link>
      )}
      {mayProvision && number !== active && hosts !== undefined && (
        <Asked
          label="Provision"
          title={`Make version ${number} active`}
          confirm={`Make version ${number} active`}
          isMain
          act={async () => {
            await send("POST", `policies/${number}/provision`);
            await client.invalidateQueries();
          }}
        >
          <p>
            {counted(hosts.connected, "connected host")} take it on at once, each on probation of its own: a
            host that no longer reaches this server through it goes back by itself.{" "}
            {hosts.joined - hosts.connected} that are away follow when they come back. Rolling back undoes it.
          </p>
          <ReachChanges from={active} to={number} />
        </Asked>
      )}
    </>
  );
}

function Files({
  number,
  file,
  line,
}: {
  readonly number: number;
  readonly file: string | undefined;
  readonly line: number | undefined;
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
                {...(name === file && line !== undefined && { line })}
              />
            </section>
          ))}
        </>
      )}
    </Loaded>
  );
}
