/** What is around the nodes: segments as discs, and near by the hosts as discs in them. */

import type { Level } from "./network.ts";
import type { Region } from "./regions.ts";
import { HOST_RADIUS } from "./units.ts";

interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly regions: readonly Region[];
  readonly level: Level;
  readonly toViewport: (place: Place) => Place;
}

export interface BackdropInk {
  readonly text: string;
  readonly dim: string;
  readonly surface: string;
  readonly ground: string;
  readonly line: string;
}

interface Disc extends Place {
  readonly radius: number;
  readonly name: string | undefined;
  readonly fill: string;
  readonly ink: string;
}

export function drawBackdrop(context: CanvasRenderingContext2D, scene: Scene, ink: BackdropInk): void {
  context.strokeStyle = ink.line;
  for (const { segment, x, y, radius } of scene.regions) {
    // From afar a segment's node bears its name.
    const name = scene.level === "segments" ? undefined : segment;
    drawDisc(context, scene, { x, y, radius, name, fill: ink.ground, ink: ink.dim });
  }
  if (scene.level !== "units") return;
  for (const { members } of scene.regions)
    for (const { name, x, y } of members)
      drawDisc(context, scene, { x, y, radius: HOST_RADIUS, name, fill: ink.surface, ink: ink.text });
}

function drawDisc(
  context: CanvasRenderingContext2D,
  { width, height, toViewport }: Scene,
  { x, y, radius, name, fill, ink }: Disc,
): void {
  const centre = toViewport({ x, y });
  const edge = toViewport({ x: x + radius, y });
  const size = Math.hypot(edge.x - centre.x, edge.y - centre.y);
  const isOutside =
    centre.x + size < 0 || centre.y + size < 0 || centre.x - size > width || centre.y - size > height;
  if (isOutside) return;
  context.beginPath();
  context.arc(centre.x, centre.y, size, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.stroke();
  if (name === undefined) return;
  context.fillStyle = ink;
  context.fillText(name, centre.x, centre.y - size - 5);
}
