/** Text as a QR code: dark on light in both schemes, as cameras want it. */

import { generate } from "lean-qr";
import { useMemo } from "react";

/** The quiet zone that ISO 18004 asks for. */
const MARGIN = 4;

export default function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { path, side } = useMemo(() => drawingOf(text), [text]);
  return (
    <svg className="qr-code" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
}

function drawingOf(text: string): { readonly path: string; readonly side: number } {
  const code = generate(text);
  const squares: string[] = [];
  for (let y = 0; y < code.size; y += 1)
    for (let x = 0; x < code.size; x += 1)
      if (code.get(x, y)) squares.push(`M${x + MARGIN} ${y + MARGIN}h1v1h-1z`);
  return { path: squares.join(""), side: code.size + 2 * MARGIN };
}
