/** What can be done with a host, each with what will happen. */

import type { HostDetails } from "@bulkhead/server/api/shapes.ts";
import { useState } from "react";
import { send } from "../api/client.ts";
import { Asked } from "../parts/asked.tsx";
import { useMay } from "../parts/role.ts";

export function HostActions({ host }: { readonly host: HostDetails }) {
  const mayEdit = useMay("editor");
  const mayIsolate = useMay("approver");
  const mayRevoke = useMay("administrator");
  if (host.revokedAt !== null) return null;
  const path = `hosts/${encodeURIComponent(host.name)}`;
  return (
    <>
      {mayEdit && <Labels host={host} path={path} />}
      {mayIsolate && host.isolated === null && (
        <Asked
          label="Isolate"
          title={`Isolate ${host.name}`}
          confirm="Isolate it now"
          isDangerous
          act={() => send("POST", `${path}/isolate`, { management: [] })}
        >
          <p>
            One host: with the next packet, all its traffic stops, open sessions too, but for its link to this
            server; and every other host that enforces refuses it, whatever its own kernel does.{" "}
            <b>Release</b> undoes both.
          </p>
        </Asked>
      )}
      {mayIsolate && host.isolated !== null && (
        <Asked
          label="Release"
          title={`Release ${host.name}`}
          confirm="Release it"
          act={() => send("POST", `${path}/release`)}
        >
          <p>One host: it enforces the active policy again, as all others do.</p>
        </Asked>
      )}
      {mayRevoke && (
        <Asked
          label="Revoke"
          title={`Revoke ${host.name}`}
          confirm="Revoke it for good"
          isDangerous
          act={() => send("POST", `${path}/revoke`)}
        >
          <p>
            One host: its connection ends, its certificate is refused, and its addresses leave every segment,
            so that others no longer let it in. It goes on enforcing what it has. To undo this it has to join
            again by a new token.
          </p>
        </Asked>
      )}
    </>
  );
}

function Labels({ host, path }: { readonly host: HostDetails; readonly path: string }) {
  const [text, setText] = useState(textOf(host.labels));
  return (
    <Asked
      label="Labels"
      title={`Labels of ${host.name}`}
      confirm="Give it these labels"
      isMain
      act={() => send("PUT", `${path}/labels`, { labels: labelsOf(text) })}
    >
      <div className="form">
        <label>
          <span>One a line, label=value</span>
          <textarea
            rows={6}
            className="mono"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <small>
            Labels decide which segments the host is in. A change takes effect on all hosts that speak of
            these segments, within a second; giving the old labels back undoes it.
          </small>
        </label>
      </div>
    </Asked>
  );
}

function textOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join("\n");
}

/** What is no label is refused by the server, which says why. */
export function labelsOf(text: string): Record<string, string> {
  const lines = text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}
