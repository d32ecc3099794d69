/** The pages: where they are, what they are called, and the piece of the program that each of them is. */

import { type ComponentType, lazy } from "react";
import type { IconName } from "../parts/icon.tsx";

export interface Place {
  readonly path: string;
  readonly name: string;
  readonly icon: IconName;
  /** `g` and this key go there. */
  readonly key: string;
  readonly about: string;
}

export const PLACES: readonly Place[] = [
  { path: "/", name: "Overview", icon: "overview", key: "o", about: "what deserves a look" },
  { path: "/map", name: "Map", icon: "map", key: "m", about: "who talks to whom" },
  { path: "/flows", name: "Flows", icon: "flows", key: "f", about: "every connection and its verdict" },
  { path: "/hosts", name: "Hosts", icon: "hosts", key: "h", about: "who enforces what" },
  { path: "/explain", name: "Explain", icon: "explain", key: "e", about: "may this talk to that, and why" },
  { path: "/policy", name: "Policy", icon: "policy", key: "p", about: "versions, drafts, rollback" },
  { path: "/tokens", name: "Tokens", icon: "tokens", key: "t", about: "how hosts and programs get in" },
  { path: "/events", name: "Events", icon: "events", key: "v", about: "who did what, and what happened" },
  { path: "/settings", name: "Settings", icon: "settings", key: "s", about: "the server's settings" },
];

/** Which page answers to which address, each loaded when it is first opened. */
export const ROUTES: readonly { readonly path: string; readonly page: ComponentType }[] = [
  { path: "/", page: lazy(() => import("../overview/overview-page.tsx")) },
  { path: "/map", page: lazy(() => import("../map/map-page.tsx")) },
  { path: "/flows", page: lazy(() => import("../flows/flows-page.tsx")) },
  { path: "/hosts", page: lazy(() => import("../hosts/hosts-page.tsx")) },
  { path: "/hosts/:name", page: lazy(() => import("../hosts/host-page.tsx")) },
  { path: "/explain", page: lazy(() => import("../explain/explain-page.tsx")) },
  { path: "/policy", page: lazy(() => import("../policy/policy-page.tsx")) },
  { path: "/policy/edit", page: lazy(() => import("../policy/editor-page.tsx")) },
  { path: "/policy/:number", page: lazy(() => import("../policy/version-page.tsx")) },
  { path: "/tokens", page: lazy(() => import("../server/tokens-page.tsx")) },
  { path: "/events", page: lazy(() => import("../server/events-page.tsx")) },
  { path: "/settings", page: lazy(() => import("../server/settings-page.tsx")) },
];
