/** The map in words: what is shown, the worst first, or what concerns the node that was chosen. */

import { useMemo } from "react";
import { Link as Goto } from "wouter";
import { SERVER_NAME } from "../flows/flow-words.ts";
import { addressOf } from "../parts/address-state.ts";
import { Icon } from "../parts/icon.tsx";
import { bytes, counted } from "../parts/words.ts";
import { severityOf } from "./look.ts";
import { LookMark } from "./look-mark.tsx";
import { type Level, type Link, levelOf, linkEndName, nodeName } from "./network.ts";

const SHOWN = 80;
const FEW = 4;

export function LinkList({
  links,
  level,
  window,
  chosen,
  onChoose,
}: {
  readonly links: readonly Link[];
  /** What the map shows now. */
  readonly level: Level;
  readonly window: string;
  readonly chosen: string | undefined;
  readonly onChoose: (node: string | undefined) => void;
}) {
  const shown = useMemo(() => {
    const listed = levelFor(level, chosen);
    const some = links.filter(
      (link) =>
        link.level === listed &&
        link.look !== "as-before" &&
        (chosen === undefined || concerns(link.source, chosen) || concerns(link.target, chosen)),
    );
    return some.toSorted((a, b) => severityOf(b.look) - severityOf(a.look) || b.connections - a.connections);
  }, [links, level, chosen]);
  const isForeseen = links.some(({ look }) => look === "as-before");
  const name = chosen === undefined ? undefined : nodeName(chosen);
  return (
    <aside className="detail" aria-label={isForeseen ? "What would change" : "What was seen"}>
      <header>
        <h2>{name ?? (isForeseen ? "What would change" : "All edges")}</h2>
        {chosen !== undefined && (
          <button
            type="button"
            className="quiet"
            onClick={() => onChoose(undefined)}
            aria-label="Show all again"
          >
            <Icon name="close" />
          </button>
        )}
      </header>
      {chosen?.startsWith("host ") && name !== SERVER_NAME && !name?.includes("addresses") && (
        <p>
          <Goto href={`/hosts/${encodeURIComponent(name ?? "")}`}>Open the host</Goto>
        </p>
      )}
      {shown.length === 0 && (
        <p className="dim">
          {isForeseen
            ? `No recorded connection ${chosen === undefined ? "" : "of it "}would meet anything else.`
            : `Nothing was seen ${chosen === undefined ? "" : "here "}in this time.`}
        </p>
      )}
      <ul className="links">
        {shown.slice(0, SHOWN).map((link) => (
          <li key={link.key}>
            <LookMark look={link.look} />
            <Goto href={flowsOf(link, window)}>
              {linkEndName(link, "source")} → {linkEndName(link, "target")}
            </Goto>
            <small>
              {[...link.services].slice(0, FEW).join(", ")}
              {link.services.size > FEW && ` and ${link.services.size - FEW} more`} ·{" "}
              {counted(link.connections, "connection")}
              {!isForeseen && ` · ${bytes(link.bytes)}`}
            </small>
          </li>
        ))}
      </ul>
      {shown.length > SHOWN && (
        <p className="dim">and {shown.length - SHOWN} more; choose a node or filter</p>
      )}
    </aside>
  );
}

/** From afar hosts are listed all the same: their names say more. */
function levelFor(level: Level, chosen: string | undefined): Level {
  if (chosen === undefined) return level === "units" ? "units" : "hosts";
  return levelOf(chosen) === "hosts" && level === "units" ? "units" : levelOf(chosen);
}

/** Whether a node is the chosen one, or a part of it. */
function concerns(node: string, chosen: string): boolean {
  return node === chosen || (chosen.startsWith("host ") && node.endsWith(` of ${nodeName(chosen)}`));
}

function flowsOf({ flows: { from, to, unit }, look }: Link, window: string): string {
  const verdict = look === "allow" || look === "deny" || look === "would-deny" ? look : undefined;
  return addressOf("/flows", { from, to, unit, verdict, window });
}
