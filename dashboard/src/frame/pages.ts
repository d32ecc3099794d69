/** The pages: where they are, what they are called, and the piece of the program that each of them is. */

import type { Role } from "@bulkhead/server/accounts/role.ts";
import { type ComponentType, lazy } from "react";
import type { IconName } from "../parts/icon.tsx";

export interface Place {
  readonly path: string;
  readonly name: string;
  readonly icon: IconName;
  /** `g` and this key go there. */
  readonly key: string;
  readonly about: string;
  /** Who is shown the way to it; everybody where it is not said. */
  readonly needs?: Role;
}

export interface PlaceGroup {
  /** What its places are about; the first group needs no words. */
  readonly title?: string;
  readonly places: readonly Place[];
}

export const PLACE_GROUPS: readonly PlaceGroup[] = [
  {
    places: [
      { path: "/", name: "Overview", icon: "overview", key: "o", about: "what deserves a look" },
      { path: "/alerts", name: "Alerts", icon: "alerts", key: "a", about: "what alarms, and what to do" },
      { path: "/map", name: "Map", icon: "map", key: "m", about: "who talks to whom" },
      { path: "/flows", name: "Flows", icon: "flows", key: "f", about: "every connection and its verdict" },
      { path: "/hosts", name: "Hosts", icon: "hosts", key: "h", about: "who enforces what" },
      {
        ...{ path: "/segments", name: "Segments", icon: "segments", key: "l" },
        about: "their modes, hosts and rules; from observing to enforcing",
      },
    ],
  },
  {
    title: "Policy",
    places: [
      {
        path: "/explain",
        name: "Explain",
        icon: "explain",
        key: "e",
        about: "may this talk to that, and why",
      },
      { path: "/policy", name: "Versions", icon: "policy", key: "p", about: "versions, drafts, rollback" },
      {
        ...{ path: "/suggestions", name: "Suggestions", icon: "suggestions", key: "u" },
        about: "rules for what was seen, and questions worth asking",
      },
      {
        ...{ path: "/unused", name: "Unused", icon: "unused", key: "n" },
        about: "rules, members and services that nothing used",
      },
      {
        path: "/rollouts",
        name: "Rollouts",
        icon: "rollouts",
        key: "r",
        about: "versions that come in waves",
      },
    ],
  },
  {
    title: "Server",
    places: [
      {
        ...{ path: "/accounts", name: "Accounts", icon: "accounts", key: "c" },
        ...{ about: "people, their roles and sessions", needs: "administrator" },
      },
      { path: "/tokens", name: "Tokens", icon: "tokens", key: "t", about: "how hosts and programs get in" },
      {
        path: "/audit",
        name: "Audit log",
        icon: "audit",
        key: "d",
        about: "everything that anyone did, chained",
      },
      {
        ...{ path: "/evidence", name: "Evidence", icon: "evidence", key: "y" },
        about: "what an auditor asks of a segment and a time",
      },
      {
        ...{ path: "/receivers", name: "Receivers", icon: "receivers", key: "w" },
        ...{ about: "other systems that are told of alerts, events, flows", needs: "administrator" },
      },
      { path: "/events", name: "Events", icon: "events", key: "v", about: "who did what, and what happened" },
      { path: "/settings", name: "Settings", icon: "settings", key: "s", about: "the server's settings" },
    ],
  },
];

/** Beside the ways to all others: one's own account is reached by one's name. */
export const OWN_ACCOUNT: Place = {
  ...{ path: "/account", name: "Your account", icon: "accounts", key: "i" },
  about: "password, second factor, sessions",
};

/** Which page answers to which address, each loaded when it is first opened. */
export const ROUTES: readonly { readonly path: string; readonly page: ComponentType }[] = [
  { path: "/", page: lazy(() => import("../overview/overview-page.tsx")) },
  { path: "/alerts", page: lazy(() => import("../alerts/alerts-page.tsx")) },
  { path: "/map", page: lazy(() => import("../map/map-page.tsx")) },
  { path: "/flows", page: lazy(() => import("../flows/flows-page.tsx")) },
  { path: "/hosts", page: lazy(() => import("../hosts/hosts-page.tsx")) },
  { path: "/hosts/:name", page: lazy(() => import("../hosts/host-page.tsx")) },
  { path: "/segments", page: lazy(() => import("../segments/segments-page.tsx")) },
  { path: "/segments/:name", page: lazy(() => import("../segments/segment-page.tsx")) },
  { path: "/explain", page: lazy(() => import("../explain/explain-page.tsx")) },
  { path: "/policy", page: lazy(() => import("../policy/policy-page.tsx")) },
  { path: "/policy/edit", page: lazy(() => import("../policy/editor-page.tsx")) },
  { path: "/policy/:number", page: lazy(() => import("../policy/version-page.tsx")) },
  { path: "/suggestions", page: lazy(() => import("../advice/suggestions-page.tsx")) },
  { path: "/unused", page: lazy(() => import("../advice/unused-page.tsx")) },
  { path: "/rollouts", page: lazy(() => import("../rollouts/rollouts-page.tsx")) },
  { path: "/rollouts/:number", page: lazy(() => import("../rollouts/rollout-page.tsx")) },
  { path: "/audit", page: lazy(() => import("../server/audit-page.tsx")) },
  { path: "/evidence", page: lazy(() => import("../server/evidence-page.tsx")) },
  { path: "/receivers", page: lazy(() => import("../server/receivers-page.tsx")) },
  { path: "/account", page: lazy(() => import("../accounts/own-account-page.tsx")) },
  { path: "/accounts", page: lazy(() => import("../accounts/accounts-page.tsx")) },
  { path: "/accounts/:name", page: lazy(() => import("../accounts/account-page.tsx")) },
  { path: "/tokens", page: lazy(() => import("../server/tokens-page.tsx")) },
  { path: "/events", page: lazy(() => import("../server/events-page.tsx")) },
  { path: "/settings", page: lazy(() => import("../server/settings-page.tsx")) },
];
