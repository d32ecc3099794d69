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
  "trial-begun": ["policies", "hosts", "status"],
  "trial-confirmed": ["policies", "hosts"],
  "trial-lapsed": ["policies", "hosts", "status"],
  "trial-ended": ["policies", "hosts", "status"],
  "policy-claim-broken": ["standing"],
  "policy-claim-mended": ["standing"],
  "policy-approved": ["policies"],
  "policy-approval-withdrawn": ["policies"],
  "rollout-started": ["rollouts", "hosts"],
  "rollout-wave": ["rollouts", "hosts"],
  "rollout-progress": ["rollouts"],
  "rollout-paused": ["rollouts"],
  "rollout-resumed": ["rollouts"],
  "rollout-halted": ["rollouts", "hosts"],
  "rollout-rolled-back": ["rollouts", "policies", "hosts", "status"],
  "rollout-done": ["rollouts", "policies", "hosts", "status"],
  "receiver-added": ["receivers"],
  "receiver-changed": ["receivers"],
  "receiver-removed": ["receivers"],
  "receiver-paused": ["receivers"],
  "receiver-resumed": ["receivers"],
  "join-token-made": ["tokens"],
  "join-token-revoked": ["tokens"],
  "api-token-made": ["tokens"],
  "api-token-revoked": ["tokens"],
  "settings-changed": ["settings"],
  "alert-opened": ["alerts"],
  "alert-acknowledged": ["alerts"],
  "alert-resolved": ["alerts"],
  "account-made": ["accounts"],
  "account-removed": ["accounts"],
  "account-role-changed": ["accounts", "me"],
  "account-scope-changed": ["accounts", "me"],
  "account-password-set": ["accounts"],
  "account-disabled": ["accounts"],
  "account-enabled": ["accounts"],
  "account-locked": ["accounts"],
  "account-unlocked": ["accounts"],
  "account-second-factor-made": ["accounts"],
  "account-second-factor-removed": ["accounts"],
  "account-second-factor-reset": ["accounts"],
  "signed-in": ["accounts"],
  "sign-in-failed": ["accounts"],
  "session-ended": ["accounts"],
  "authority-rotated": [],
  "authority-retired": [],
  "agent-refused": [],
  "backup-made": [],
  "sign-in-link-made": [],
};
const SILENT: ReadonlySet<string> = new Set(["flows", "host-state", "host-connected", "host-disconnected"]);

/** What costs the server much is marked as outdated, and asked again when the reader wants it. */
const COSTLY: ReadonlySet<string> = new Set(["plan"]);

/** What happens in quick succession is asked about once. */
const GATHER_MILLISECONDS = 150;
const AGAIN_MILLISECONDS = 3_000;

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
    const fresh = new Freshener(client);
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let wasOpen = false;
    const listen = () => {
      source = new EventSource("/api/v1/events");
      for (const [kind, topics] of Object.entries(TOPICS))
        source.addEventListener(kind, () => fresh.mark(SILENT.has(kind) ? topics : [...topics, "history"]));
      source.addEventListener("missed", () => fresh.all());
      source.onopen = () => {
        if (wasOpen) fresh.all();
        wasOpen = true;
        live.set("live");
      };
      source.onerror = () => {
        live.set("lost");
        // Perhaps because the session has ended.
        void client.invalidateQueries({ queryKey: ["me"] });
        // A browser comes back by itself where it got no answer, but not after one that was a refusal.
        if (source?.readyState === EventSource.CLOSED) again = setTimeout(listen, AGAIN_MILLISECONDS);
      };
    };
    listen();
    return () => {
      source?.close();
      clearTimeout(again);
      fresh.stop();
    };
  }, [client]);
}

/** Has what is outdated asked for again, what comes in quick succession at once. */
class Freshener {
  readonly #client: QueryClient;
  readonly #stale = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  mark(topics: readonly string[]): void {
    for (const topic of topics) this.#stale.add(topic);
    if (this.#stale.size > 0) this.#timer ??= setTimeout(() => this.#freshen(), GATHER_MILLISECONDS);
  }

  /** Too much was missed to know what. */
  all(): void {
    const isCostly = ({ queryKey: [topic] }: { queryKey: readonly unknown[] }) => COSTLY.has(String(topic));
    void this.#client.invalidateQueries({ predicate: (query) => !isCostly(query) });
    void this.#client.invalidateQueries({ predicate: isCostly, refetchType: "none" });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #freshen(): void {
    this.#timer = undefined;
    const topics = [...this.#stale];
    this.#stale.clear();
    for (const topic of topics)
      void this.#client.invalidateQueries(
        { queryKey: [topic], refetchType: COSTLY.has(topic) ? "none" : "active" },
        { cancelRefetch: false },
      );
  }
}
