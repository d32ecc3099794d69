/** Every page, and what is there when it is. */

export interface PageOf {
  readonly name: string;
  readonly path: string;
  readonly sign: string;
}

export const PAGES: readonly PageOf[] = [
  { name: "overview", path: "/", sign: ".share" },
  { name: "alerts", path: "/alerts", sign: ".entries" },
  { name: "map", path: "/map", sign: ".map-canvas canvas" },
  { name: "flows", path: "/flows", sign: ".flow-rows .flow-row" },
  { name: "hosts", path: "/hosts", sign: "tbody tr" },
  { name: "host", path: "/hosts/db-1", sign: "section[aria-label=Exposure] tbody tr" },
  { name: "segments", path: "/segments", sign: "tbody tr" },
  { name: "segment", path: "/segments/db?to=observe", sign: ".what-if .sum" },
  { name: "explain", path: "/explain?from=any&to=db-1&service=tcp/5432", sign: ".outcome" },
  { name: "policy", path: "/policy", sign: "tbody tr" },
  { name: "version", path: "/policy/1?show=changes", sign: ".editor, .empty" },
  { name: "impact", path: "/policy/1?show=impact", sign: ".impact" },
  { name: "lint", path: "/policy/1?show=lint", sign: ".problems, .empty" },
  { name: "draft", path: "/policy/edit", sign: ".editor" },
  {
    name: "suggestions",
    path: "/suggestions?window=1h",
    sign: "section[aria-label='Questions worth asking'], .advice-covered, .empty",
  },
  { name: "unused", path: "/unused?window=1h", sign: "tbody tr, .empty" },
  { name: "rollouts", path: "/rollouts", sign: "tbody tr, .empty" },
  { name: "audit", path: "/audit", sign: "tbody tr" },
  {
    name: "evidence",
    path: "/evidence?segment=db&from=2026-01-01&to=2026-01-31",
    sign: "input[name=segment]",
  },
  { name: "receivers", path: "/receivers", sign: "tbody tr, .empty" },
  { name: "accounts", path: "/accounts", sign: "tbody tr" },
  { name: "account", path: "/account", sign: "tbody tr" },
  { name: "tokens", path: "/tokens", sign: "tbody tr" },
  { name: "events", path: "/events", sign: "tbody tr" },
  { name: "settings", path: "/settings", sign: ".form input" },
];
