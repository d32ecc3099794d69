/** Goes anywhere by a few letters: pages, hosts, segments, and what can be asked about them. */

import { useMemo, useState } from "react";
import { Autocomplete, Input, Menu, MenuItem, SearchField } from "react-aria-components";
import { useLocation } from "wouter";
import { useHosts, useVersions } from "../api/queries.ts";
import { addressOf } from "../parts/address-state.ts";
import { FrontDialog } from "../parts/dialog.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { segmentPath } from "../segments/segment-path.ts";
import { usePlaces } from "./use-places.ts";

interface Goal {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly icon: IconName;
}

const MOST = 40;

export default function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState("");
  const [, go] = useLocation();
  const goals = useGoals();
  const shown = useMemo(() => matching(goals, text), [goals, text]);
  const choose = (address: string) => {
    onClose();
    go(address);
  };
  return (
    <FrontDialog title="Search or go to" onClose={onClose}>
      <Autocomplete inputValue={text} onInputChange={setText} filter={() => true}>
        <SearchField aria-label="Search" autoFocus className="palette-field">
          <Icon name="search" />
          <Input placeholder="A host, a segment, an address, a page…" />
        </SearchField>
        <Menu
          items={shown}
          className="palette-list"
          aria-label="Results"
          onAction={(key) => choose(String(key))}
          renderEmptyState={() => <p className="palette-none">Nothing is called that.</p>}
        >
          {(goal) => (
            <MenuItem id={goal.id} textValue={goal.name} className="palette-item">
              <Icon name={goal.icon} />
              <span>{goal.name}</span>
              <small className="about">{goal.about}</small>
            </MenuItem>
          )}
        </Menu>
      </Autocomplete>
    </FrontDialog>
  );
}

function useGoals(): readonly Goal[] {
  const hosts = useHosts().data;
  const versions = useVersions().data;
  const places = usePlaces();
  return useMemo(() => {
    const segments = [...new Set(hosts?.flatMap((host) => host.segments))].sort();
    return [
      ...places.map(({ path, name, icon, about }) => ({ id: path, name, about, icon })),
      {
        id: "/policy/edit",
        name: "Edit the policy",
        about: "a draft from the active version",
        icon: "policy" as const,
      },
      { id: "/flows?verdict=deny", name: "What is denied", about: "flows", icon: "deny" as const },
      {
        id: "/flows?verdict=would-deny",
        name: "What would be denied",
        about: "flows",
        icon: "would-deny" as const,
      },
      ...(hosts ?? []).map(({ name, addresses }) => ({
        id: `/hosts/${encodeURIComponent(name)}`,
        name,
        about: `host · ${addresses.join(", ")}`,
        icon: "hosts" as const,
      })),
      ...segments.map((segment) => ({
        id: segmentPath(segment),
        name: segment,
        about: "segment · its mode, hosts and rules",
        icon: "segments" as const,
      })),
      ...(versions ?? []).map(({ number, message, active }) => ({
        id: `/policy/${number}`,
        name: `Version ${number}`,
        about: `${active ? "active · " : ""}${message}`,
        icon: "policy" as const,
      })),
    ];
  }, [hosts, versions, places]);
}

/** Every word has to occur; names that begin with the first one come first. */
function matching(goals: readonly Goal[], text: string): readonly Goal[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return goals.slice(0, MOST);
  const found = goals.filter(({ name, about }) =>
    words.every((word) => `${name} ${about}`.toLowerCase().includes(word)),
  );
  const begins = ({ name }: Goal) => (name.toLowerCase().startsWith(first) ? 0 : 1);
  const asked = {
    id: addressOf("/flows", { peer: text.trim() }),
    name: text.trim(),
    about: "flows from or to it",
    icon: "flows" as const,
  };
  return [...found.sort((a, b) => begins(a) - begins(b)).slice(0, MOST), asked];
}
