/** Light, dark, or as the system has it. The choice is kept in the browser. */

import { useEffect, useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "bulkhead-theme";
const CHANGED = "bulkhead-theme-changed";

function stored(): Theme {
  const text = localStorage.getItem(KEY);
  return text === "light" || text === "dark" ? text : "system";
}

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore(watch, stored);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return [theme, choose];
}

/** Whether what is shown is dark now; canvases have to know. */
export function useIsDark(): boolean {
  const isDark = useSyncExternalStore(watch, () => {
    const theme = stored();
    return theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  });
  return isDark;
}

function choose(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  dispatchEvent(new Event(CHANGED));
}

function watch(watcher: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  addEventListener(CHANGED, watcher);
  addEventListener("storage", watcher);
  system.addEventListener("change", watcher);
  return () => {
    removeEventListener(CHANGED, watcher);
    removeEventListener("storage", watcher);
    system.removeEventListener("change", watcher);
  };
}
