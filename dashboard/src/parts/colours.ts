/** The page's colours as canvases take them: numbers, after light and dark have been decided. */
export function coloursOf<Name extends string>(
  place: HTMLElement,
  properties: Readonly<Record<Name, string>>,
): Readonly<Record<Name, string>> {
  const probe = document.createElement("span");
  place.append(probe);
  const colours = Object.entries<string>(properties).map(([name, property]) => {
    probe.style.color = `var(${property})`;
    return [name, hex(getComputedStyle(probe).color)];
  });
  probe.remove();
  return Object.fromEntries(colours) as Record<Name, string>;
}

function hex(text: string): string {
  const [red = 0, green = 0, blue = 0] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}
