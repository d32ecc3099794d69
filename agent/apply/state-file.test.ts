import { expect, test } from "vitest";
import { policyOfDb } from "./fixtures/policies.ts";
import { digestOf, type Generation } from "./generation.ts";
import { decodeState, encodeState } from "./state-file.ts";

const policy = policyOfDb();
const generation: Generation = {
  digest: digestOf(policy),
  policy,
  facts: { names: {}, units: {}, users: { "1": 1, a: 0 } },
  missing: [],
  stamp: { mask: 0xff000000, value: 0x01000000 },
  log: { to: "kernel" },
  loadedAt: "2026-11-23T12:00:00.000Z",
  listing: 'table inet bulkhead {\n\t"quoted"\n}\n',
};
const text = encodeState(generation);

test("what was written is read back", () => {
  expect(decodeState(text)).toEqual({ kind: "generation", generation });
});

test("a file that was cut anywhere is damaged, whatever is left of it", () => {
  for (let length = 0; length < text.trimEnd().length; length += 7)
    expect(decodeState(text.slice(0, length)).kind, `${length} characters`).toBe("damaged");
});

test("one character that is another one is found", () => {
  const at = text.indexOf("10.0.0.11");
  const changed = `${text.slice(0, at)}10.0.0.12${text.slice(at + 9)}`;
  expect(decodeState(changed)).toEqual({ kind: "damaged", why: "its checksum does not match" });
});

test("what is no state at all is damaged, and says why", () => {
  const why = (content: string) => {
    const file = decodeState(content);
    return file.kind === "damaged" ? file.why : file.kind;
  };
  expect(why("")).toBe("it is empty");
  expect(why("\n\n")).toBe("it is blank");
  expect(why("\0\0\0\0")).toBe("it is not whole JSON");
  expect(why("null")).toBe("it is not whole JSON");
  expect(why("{}")).toBe("it has no format version");
  expect(why('{"formatVersion":1}')).toBe("its checksum does not match");
});

test("an older format is damaged to us, a newer one is somebody else's", () => {
  expect(decodeState(text.replace('"formatVersion":1', '"formatVersion":0')).kind).toBe("damaged");
  expect(decodeState(text.replace('"formatVersion":1', '"formatVersion":2'))).toEqual({
    kind: "newer",
    formatVersion: 2,
  });
});
