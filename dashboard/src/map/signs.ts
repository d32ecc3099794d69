/** The signs that edges bear beside their colours: a cross, a triangle, a plus. */

import type Graph from "graphology";
import { isChange, type Look, type Sign, signOf } from "./look.ts";
import type { Level } from "./network.ts";

export interface PlacedSign {
  readonly look: Look;
  readonly sign: Sign;
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
}

/** Beyond that they would cover each other. */
const MOST_SIGNS = 400;
/** Where on its edge a sign is, nearer to whom is asked. */
const PLACE = 0.62;
const HALF = 5;

/** Those of the level's edges; none where they are too many to be told apart. */
export function placeSigns(graph: Graph, level: Level): readonly PlacedSign[] {
  const placed: PlacedSign[] = [];
  graph.forEachEdge((_edge, data, _source, _target, from, to) => {
    const look = data.look as Look;
    const sign = signOf(look);
    if (data.level === level && sign !== undefined)
      placed.push({ look, sign, from: { x: from.x, y: from.y }, to: { x: to.x, y: to.y } });
  });
  return placed.length > MOST_SIGNS ? [] : placed;
}

export interface SignInk {
  readonly colour: string;
  /** What is behind the sign of a change. */
  readonly surface: string;
}

/** From and to in pixels. What a draft would change stands in a disc, so that it is not taken for what was seen. */
export function drawSign(
  context: CanvasRenderingContext2D,
  { look, sign, from, to }: PlacedSign,
  { colour, surface }: SignInk,
): void {
  const [x, y] = [from.x + (to.x - from.x) * PLACE, from.y + (to.y - from.y) * PLACE];
  context.lineWidth = 2;
  context.strokeStyle = colour;
  if (isChange(look)) {
    context.beginPath();
    context.arc(x, y, 2 * HALF, 0, 2 * Math.PI);
    context.fillStyle = surface;
    context.fill();
    context.stroke();
  }
  context.beginPath();
  if (sign === "triangle") {
    context.moveTo(x, y - HALF - 1);
    context.lineTo(x + HALF + 0.5, y + HALF - 1);
    context.lineTo(x - HALF - 0.5, y + HALF - 1);
    context.closePath();
  } else if (sign === "plus") {
    context.moveTo(x - HALF, y);
    context.lineTo(x + HALF, y);
    context.moveTo(x, y - HALF);
    context.lineTo(x, y + HALF);
  } else {
    context.moveTo(x - HALF + 1, y - HALF + 1);
    context.lineTo(x + HALF - 1, y + HALF - 1);
    context.moveTo(x + HALF - 1, y - HALF + 1);
    context.lineTo(x - HALF + 1, y + HALF - 1);
  }
  context.stroke();
  context.lineWidth = 1;
}
