import { useState } from "react";
import { Link, useLocation } from "wouter";
import { send } from "../api/client.ts";
import { useConnection } from "../api/live.ts";
import { useMe } from "../api/queries.ts";
import { Icon } from "../parts/icon.tsx";
import { AlertCount } from "./alert-count.tsx";
import { type Theme, useTheme } from "./theme.ts";
import { usePlaceGroups } from "./use-places.ts";

const CONNECTION_WORDS = {
  connecting: "connecting",
  live: "live",
  lost: "connection lost, trying again",
} as const;

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };

export function Navigation({
  onSearch,
  onHelp,
}: {
  readonly onSearch: () => void;
  readonly onHelp: () => void;
}) {
  const [path] = useLocation();
  const groups = usePlaceGroups();
  // Where there is room, all of it is there always; on a phone it opens, and closes when one has gone somewhere.
  const [openAt, setOpenAt] = useState<string | undefined>();
  const isOpen = openAt === path;
  return (
    <nav className={isOpen ? "navigation open" : "navigation"} aria-label="Pages">
      <Link href="/" className="brand">
        <img src="/icon.svg" alt="" width="22" height="22" />
        <span>Bulkhead</span>
      </Link>
      <button type="button" className="search-button" onClick={onSearch}>
        <Icon name="search" />
        <span>Search or go to</span>
        <kbd>/</kbd>
      </button>
      <button
        type="button"
        className="menu-button"
        aria-expanded={isOpen}
        onClick={() => setOpenAt(isOpen ? undefined : path)}
      >
        <Icon name={isOpen ? "close" : "menu"} />
        Menu
        {!isOpen && <AlertCount />}
      </button>
      {groups.map(({ title, places }) => (
        <section key={title ?? ""} className="places" aria-label={title ?? "Estate"}>
          {title !== undefined && <h2>{title}</h2>}
          <ul>
            {places.map(({ path: to, name, icon }) => (
              <li key={to}>
                <Link href={to} aria-current={isAt(path, to) ? "page" : undefined} title={name}>
                  <Icon name={icon} />
                  <span>{name}</span>
                  {to === "/alerts" && <AlertCount />}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <Foot onHelp={onHelp} />
    </nav>
  );
}

function Foot({ onHelp }: { readonly onHelp: () => void }) {
  const me = useMe().data;
  const connection = useConnection();
  const [theme, setTheme] = useTheme();
  return (
    <div className="navigation-foot">
      <p className={`connection ${connection}`} role="status">
        <span className="dot" aria-hidden="true" />
        {CONNECTION_WORDS[connection]}
      </p>
      {me !== undefined && (
        <Link href="/account" className="me" title="Your account">
          <Icon name="accounts" />
          <span className="me-words">
            <strong>{me.name}</strong>
            {me.name !== me.role && <span>{me.role}</span>}
          </span>
        </Link>
      )}
      <div className="foot-buttons">
        <button
          type="button"
          className="quiet"
          onClick={() => setTheme(NEXT_THEME[theme])}
          aria-label={`Colours: ${theme}. Change to ${NEXT_THEME[theme]}`}
          title={`Colours: ${theme}`}
        >
          <Icon name={theme === "dark" ? "moon" : "sun"} />
        </button>
        <button type="button" className="quiet" onClick={onHelp} aria-label="Help: keys" title="Keys (?)">
          <Icon name="explain" />
        </button>
        <button type="button" className="quiet" onClick={signOut} aria-label="Sign out" title="Sign out">
          <Icon name="out" />
        </button>
      </div>
    </div>
  );
}

async function signOut(): Promise<void> {
  await send("POST", "signout");
  location.assign("/");
}

function isAt(path: string, place: string): boolean {
  return place === "/" ? path === "/" : path === place || path.startsWith(`${place}/`);
}
