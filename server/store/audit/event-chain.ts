/**
 * What chains events together: each bears a hash over all that it says and over the hash of the one before it, so none can be changed, taken out, put in or moved without all
 * hashes from there on being others.
 */

import { hash } from "node:crypto";

/** An event as its row has it; texts are the bytes of the row, whatever they are. */
export interface ChainedRow {
  readonly id: number;
  readonly at: number;
  readonly kind: Uint8Array;
  readonly who: Uint8Array;
  readonly about: Uint8Array;
  /** JSON, as it was written. */
  readonly facts: Uint8Array;
  readonly credential: Uint8Array | null;
  readonly address: Uint8Array | null;
}

/** The hash before the first event. */
export const NOTHING_BEFORE = Buffer.alloc(32);

/** Never changed: other forms of an event get another word here. */
const FORM_BYTES = Buffer.from("bulkhead event 1\n");
const NULL_LENGTH = 0xffffffff;
const LENGTH_BYTES = 4;

/** SHA-256 of the form, the hash before, and each column with its length before it. In one piece: a log of a million entries is hashed whole. */
export function chainHash(previous: Uint8Array, row: ChainedRow): Buffer {
  const { id, at, kind, who, about, facts, credential, address } = row;
  const values = [bytesOf(id), bytesOf(at), kind, who, about, facts, credential, address];
  const size = values.reduce(
    (sum, value) => sum + LENGTH_BYTES + (value?.length ?? 0),
    FORM_BYTES.length + previous.length,
  );
  const whole = Buffer.allocUnsafe(size);
  whole.set(FORM_BYTES);
  whole.set(previous, FORM_BYTES.length);
  let end = FORM_BYTES.length + previous.length;
  for (const value of values) {
    end = whole.writeUInt32BE(value === null ? NULL_LENGTH : value.length, end);
    if (value === null) continue;
    whole.set(value, end);
    end += value.length;
  }
  return hash("sha256", whole, "buffer");
}

function bytesOf(value: number): Uint8Array {
  return Buffer.from(String(value), "latin1");
}

/** `event_hash` in SQL, for the step of the schema that chains what is there already. Its arguments in the order of the columns, texts as blobs. */
export function eventHashFunction(
  ...[previous, id, at, kind, who, about, facts, credential, address]: unknown[]
): Buffer {
  const bytes = (value: unknown) => value as Uint8Array;
  return chainHash(bytes(previous), {
    id: Number(id),
    at: Number(at),
    kind: bytes(kind),
    who: bytes(who),
    about: bytes(about),
    facts: bytes(facts),
    credential: bytes(credential ?? null),
    address: bytes(address ?? null),
  });
}
