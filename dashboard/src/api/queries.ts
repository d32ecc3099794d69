/** What the pages ask for, each under a topic by which live events make it fresh. */

import type { Role } from "@bulkhead/server/accounts/role.ts";
import type { AccountView, SessionView } from "@bulkhead/server/api/account-shapes.ts";
import type { AlertView } from "@bulkhead/server/api/alert-shapes.ts";
import type { AuditPage, AuditVerification } from "@bulkhead/server/api/audit-shapes.ts";
import type { FlowPageView, SummaryView, TimelineView } from "@bulkhead/server/api/flow-shapes.ts";
import type { ReceiverView } from "@bulkhead/server/api/receiver-shapes.ts";
import type { RolloutDetails, RolloutView } from "@bulkhead/server/api/rollout-shapes.ts";
import type {
  ActivationView,
  ApiTokenView,
  EventView,
  HostDetails,
  HostView,
  InventoryHost,
  JoinTokenView,
  SettingView,
  StatusView,
  VersionDetails,
  VersionView,
} from "@bulkhead/server/api/shapes.ts";
import type { StandingView } from "@bulkhead/server/api/standing-shapes.ts";
import type { TrialView } from "@bulkhead/server/api/trial-shapes.ts";
import { keepPreviousData, type UseQueryResult, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { get, type Query } from "./client.ts";
import { sinceOf } from "./window.ts";

export interface Me {
  readonly kind: "token" | "session" | "local";
  readonly name: string;
  readonly role: Role;
  /** The names of the segments to which an editor is limited. */
  readonly scope: readonly string[] | null;
}

export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

function useTopic<T>(topic: string, path: string, query: Query = {}): UseQueryResult<T, Error> {
  return useQuery<T, Error>({
    queryKey: [topic, path, query],
    queryFn: ({ signal }) => get<T>(path, query, signal),
    placeholderData: keepPreviousData as never,
  });
}

export const useMe = () => useTopic<Me>("me", "me");
export const useStatus = () => useTopic<StatusView>("status", "status");
export const useHosts = (revoked = false) =>
  useTopic<HostView[]>("hosts", "hosts", revoked ? { revoked: "true" } : {});
export const useInventory = () => useTopic<InventoryHost[]>("hosts", "inventory");
export const useVersions = () => useTopic<VersionView[]>("policies", "policies");
export const useTrial = () => useTopic<TrialView | null>("policies", "trial");
export const useActivations = () => useTopic<ActivationView[]>("policies", "activations");
export const useHistory = (about?: string, limit = 200) =>
  useTopic<EventView[]>("history", "history", { about, limit });
export const useJoinTokens = () => useTopic<JoinTokenView[]>("tokens", "join-tokens");
export const useApiTokens = () => useTopic<ApiTokenView[]>("tokens", "api-tokens");
export const useReceivers = () => useTopic<ReceiverView[]>("receivers", "receivers");
export const useSettings = () => useTopic<SettingView[]>("settings", "settings");

export const useVersion = (number: number) => useTopic<VersionDetails>("policies", `policies/${number}`);
export const useStanding = () => useTopic<StandingView>("standing", "standing");
export const useRollouts = () => useTopic<RolloutView[]>("rollouts", "rollouts");

export function useRollout(number: number | undefined): UseQueryResult<RolloutDetails, Error> {
  return useQuery<RolloutDetails, Error>({
    queryKey: ["rollouts", "one", number],
    queryFn: ({ signal }) => get(`rollouts/${number}`, {}, signal),
    enabled: number !== undefined,
  });
}

/** Open ones; with `all` those that are over as well. */
export const useAlerts = (all = false) =>
  useTopic<AlertView[]>("alerts", "alerts", all ? { all: "true" } : {});
export const useAccounts = () => useTopic<AccountView[]>("accounts", "accounts");
export const useOwnAccount = () => useTopic<AccountView>("accounts", "me/account");
export const useOwnSessions = () => useTopic<SessionView[]>("accounts", "me/sessions");

export function useAccount(name: string): UseQueryResult<AccountView, Error> {
  return useQuery<AccountView, Error>({
    queryKey: ["accounts", "one", name],
    queryFn: ({ signal }) => get(`accounts/${encodeURIComponent(name)}`, {}, signal),
  });
}

export function useSessionsOf(name: string): UseQueryResult<SessionView[], Error> {
  return useQuery<SessionView[], Error>({
    queryKey: ["accounts", "sessions", name],
    queryFn: ({ signal }) => get(`accounts/${encodeURIComponent(name)}/sessions`, {}, signal),
  });
}

/** Of another host, nothing of the one before is shown. */
export function useHost(name: string): UseQueryResult<HostDetails, Error> {
  return useQuery<HostDetails, Error>({
    queryKey: ["hosts", "one", name],
    queryFn: ({ signal }) => get(`hosts/${encodeURIComponent(name)}`, {}, signal),
  });
}

/** A version never changes. */
export function useFiles(number: number | undefined): UseQueryResult<PolicyFile[], Error> {
  return useQuery<PolicyFile[], Error>({
    queryKey: ["files", number],
    queryFn: ({ signal }) => get(`policies/${number}/files`, {}, signal),
    enabled: number !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What flows are asked for, as it stands in the address: `window` is `1h`. */
export type FlowQuery = Readonly<Record<string, string>>;

const PAGE = 200;

export function useFlows({ window, ...filter }: FlowQuery) {
  return useInfiniteQuery({
    queryKey: ["flows", window, filter],
    queryFn: ({ pageParam, signal }) =>
      get<FlowPageView>(
        "flows",
        { ...filter, since: sinceOf(window), limit: PAGE, cursor: pageParam ?? undefined },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
}

export function useTimeline({ window, ...filter }: FlowQuery, step: number) {
  return useQuery({
    queryKey: ["flows", "timeline", window, filter, step],
    queryFn: ({ signal }) =>
      get<TimelineView>("flows/timeline", { ...filter, since: sinceOf(window), step }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useSummary({ window, ...filter }: FlowQuery, limit = 10_000, enabled = true) {
  return useQuery({
    enabled,
    queryKey: ["flows", "summary", window, filter, limit],
    queryFn: ({ signal }) =>
      get<SummaryView>("flows/summary", { ...filter, since: sinceOf(window), limit }, signal),
    placeholderData: keepPreviousData,
  });
}

const AUDIT_PAGE = 200;

/** The newest first, a page at a time. */
export function useAudit(filter: Readonly<Record<string, string>>) {
  return useInfiniteQuery({
    queryKey: ["history", "audit", filter],
    queryFn: ({ pageParam, signal }) =>
      get<AuditPage>("audit", { ...filter, limit: AUDIT_PAGE, before: pageParam ?? undefined }, signal),
    initialPageParam: null as number | null,
    getNextPageParam: ({ before }) => before,
    placeholderData: keepPreviousData,
  });
}

/** Every entry is read for it, so it is asked for when somebody wants it. */
export function useVerification(isWanted: boolean) {
  return useQuery<AuditVerification, Error>({
    queryKey: ["verification"],
    queryFn: ({ signal }) => get("audit/verification", {}, signal),
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
