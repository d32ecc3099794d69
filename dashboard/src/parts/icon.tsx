/** Small drawings, each one path on a square of 16. They say nothing to a screen reader: words stand beside them. */

const PATHS = {
  allow: "M3 8.5 6.5 12 13 4.5",
  deny: "M4 4l8 8M12 4l-8 8",
  "would-deny": "M8 2.5 14 13H2ZM8 6.5v3M8 11.2v.1",
  plus: "M8 3v10M3 8h10",
  map: "M3 4.5h4v4H3zM10 2.5h3v3h-3zM9.5 10h4v3.5h-4zM7 7l3-2.5M6.5 8.5 10 11",
  flows: "M2 5h10l-2.5-2.5M14 11H4l2.5 2.5",
  hosts: "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1",
  segments: "M2 2h5.5v5.5H2zM2 9.5h5.5V14H2zM9.5 2H14v5.5H9.5zM9.5 9.5H14V14H9.5z",
  explain: "M6 6a2 2 0 1 1 2.8 1.8C8.2 8.1 8 8.5 8 9.2M8 12v.1M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13",
  policy: "M4 2h6l2.5 2.5V14H4zM6 7h4.5M6 9.5h4.5M6 12h3",
  tokens: "M9.5 9.5a3.5 3.5 0 1 1 .1-.1M7 9.5 2.5 14M4 12.5l1.5 1.5",
  events: "M8 2v6l3.5 2M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13",
  alerts: "M3 11.5h10L11.5 9.5V6.5a3.5 3.5 0 0 0-7 0v3ZM6.5 13.5h3M8 3V1.8",
  accounts: "M8 2.5a2.75 2.75 0 1 1 0 5.5 2.75 2.75 0 0 1 0-5.5M2.5 14a5.5 4.5 0 0 1 11 0",
  suggestions:
    "M6 13.5h4M6.5 11.5h3M8 2a4 4 0 0 1 2.2 7.3c-.5.4-.7.8-.7 1.2h-3c0-.4-.2-.8-.7-1.2A4 4 0 0 1 8 2",
  unused: "M3 4h10M5 4V2.5h6V4M4.5 4l.6 9.5h5.8l.6-9.5",
  rollouts:
    "M2 11c1.5 0 1.5-2 3-2s1.5 2 3 2 1.5-2 3-2 1.5 2 3 2M2 6c1.5 0 1.5-2 3-2s1.5 2 3 2 1.5-2 3-2 1.5 2 3 2",
  audit: "M6 6.5h3.5a2 2 0 0 1 0 4H8M10 9.5H6.5a2 2 0 0 1 0-4H8M2.5 2.5h11v11h-11z",
  evidence: "M4 2h5l3 3v4M4 2v12h4M6 6.5h3M6 9h2M9 12l1.8 2L14 10.5",
  receivers: "M2 8h5M7 8l4-4.5h3M7 8h7M7 8l4 4.5h3M2 6.5v3",
  settings: "M2 5h7M12 5h2M2 11h2M7 11h7M10.5 3.5v3M5.5 9.5v3",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.5 10.5 14 14",
  sun: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5Z",
  arrow: "M3 8h10M9.5 4.5 13 8l-3.5 3.5",
  menu: "M2.5 4h11M2.5 8h11M2.5 12h11",
  close: "M4 4l8 8M12 4l-8 8",
  out: "M6 3H3v10h3M7 8h7M11.5 5.5 14 8l-2.5 2.5",
  more: "M3 8h.1M8 8h.1M13 8h.1",
  overview: "M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3H9zM9 7.5h4.5v6H9zM2.5 10.5h4.5v3H2.5z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
