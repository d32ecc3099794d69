/** One generation as a file: a checksum over everything, so that no cut, torn or edited file is ever taken for a policy. */

import { createHash } from "node:crypto";
import type { Generation } from "./generation.ts";

export const FORMAT_VERSION = 1;

export type StateFile =
  | { readonly kind: "absent" }
  | { readonly kind: "generation"; readonly generation: Generation }
  /** Nothing that we wrote, or no longer. */
  | { readonly kind: "damaged"; readonly why: string }
  /** Written by a version of ours that this one cannot know. */
  | { readonly kind: "newer"; readonly formatVersion: number };

export const ABSENT: StateFile = { kind: "absent" };

export function encodeState(generation: Generation): string {
  const body = JSON.stringify(generation);
  return `{"formatVersion":${FORMAT_VERSION},"checksum":"${checksumOf(body)}","generation":${body}}\n`;
}

export function decodeState(text: string): StateFile {
  if (text.trim() === "") return damaged(text === "" ? "it is empty" : "it is blank");
  const document = parsed(text);
  if (document === undefined) return damaged("it is not whole JSON");
  const { formatVersion, checksum, generation } = document;
  if (typeof formatVersion !== "number") return damaged("it has no format version");
  if (formatVersion > FORMAT_VERSION) return { kind: "newer", formatVersion };
  if (formatVersion < FORMAT_VERSION)
    return damaged(`it has format version ${formatVersion}, older than any that this version reads`);
  if (checksum !== checksumOf(JSON.stringify(generation) ?? ""))
    return damaged("its checksum does not match");
  // The checksum says that we wrote it, and we write nothing but generations.
  return { kind: "generation", generation: generation as Generation };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function checksumOf(body: string): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

function damaged(why: string): StateFile {
  return { kind: "damaged", why };
}
