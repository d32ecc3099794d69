/** Hears of what happens, and has the pages ask again for what it concerns. */

import type { QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

/** Which topics each kind of event concerns; `history` hears of all but those of `SILENT`. */
const TOPICS: Readonly<Record<string, readonly string[]>> = {
  flows: ["flows"],
  "host-joined": ["hosts", "status", "tokens", "plan"],
  "host-connected": ["hosts", "status"],
  "host-disconnected": ["hosts", "status"],
  "host-state": ["hosts", "status"],
  "host-labelled": ["hosts", "plan"],
  "host-revoked": ["hosts", "status", "plan"],
  "host-isolated": ["hosts"],
  "host-released": ["hosts"],
  "host-ahead": ["hosts"],
  "addresses-changed": ["hosts", "plan"],
  "address-refused": ["hosts"],
  "lease-ended": ["hosts", "status"],
  tampering: ["hosts"],
  "policy-pushed": ["policies"],
  "policy-provisioned": ["policies", "hosts", "status"],
  "policy-rolled-back": ["policies", "hosts", "status"],
  "join-token-made": ["tokens"],
  "join-token-revoked": ["tokens"],
  "api-token-made": ["tokens"],
  "api-token-revoked": ["tokens"],
  "settings-changed": ["settings"],
  "backup-made": [],
  "sign-in-link-made": [],
};
const SILENT: ReadonlySet<string> = new Set(["flows", "host-state", "host-connected", "host-disconnected"]);

/** What costs the server much is marked as outdated, and asked again when the reader wants it. */
const COSTLY: ReadonlySet<string> = new Set(["plan"]);

/** What happens in quick succession is asked about once. */
const GATHER_MILLISECONDS = 150;

export type Connection = "connecting" | "live" | "lost";

/** One for the page; the connection is looked at by the frame. */
class Live {
  #connection: Connection = "connecting";
  readonly #watchers = new Set<() => void>();

  get connection(): Connection {
    return this.#connection;
  }

  set(connection: Connection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    for (const watcher of this.#watchers) watcher();
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

const live = new Live();

export function useConnection(): Connection {
  return useSyncExternalStore(
    (watcher) => live.watch(watcher),
    () => live.connection,
  );
}

/** Listens for as long as the component is there. */
export function useLiveUpdates(client: QueryClient): void {
  useEffect(() => {
    const source = new EventSource("/api/v1/events");
    const stale = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const freshen = () => {
      timer = undefined;
      const topics = [...stale];
      stale.clear();
      for (const topic of topics)
        void client.invalidateQueries(
          { queryKey: [topic], refetchType: COSTLY.has(topic) ? "none" : "active" },
          { cancelRefetch: false },
        );
    };
    const mark = (topics: readonly string[]) => {
      for (const topic of topics) stale.add(topic);
      if (stale.size > 0) timer ??= setTimeout(freshen, GATHER_MILLISECONDS);
    };
    for (const [kind, topics] of Object.entries(TOPICS))
      source.addEventListener(kind, () => mark(SILENT.has(kind) ? topics : [...topics, "history"]));
    // Too much was missed to know what: all is asked again.
    const all = () => {
      const isCostly = ({ queryKey: [topic] }: { queryKey: readonly unknown[] }) => COSTLY.has(String(topic));
      void client.invalidateQueries({ predicate: (query) => !isCostly(query) });
      void client.invalidateQueries({ predicate: isCostly, refetchType: "none" });
    };
    source.addEventListener("missed", all);
    let wasOpen = false;
    source.onopen = () => {
      if (wasOpen) all();
      wasOpen = true;
      live.set("live");
    };
    source.onerror = () => live.set("lost");
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [client]);
}
