import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { readAddress } from "./address-bytes.ts";
import { AddressTexts } from "./address-texts.ts";

/** Few enough that some come again, and some that differ in one part only. */
const part = fc.constantFrom(0, 1, 0xff, 0x0a000001, 0xfd000000, 0xffffffff);

propertyTest.prop([
  fc.array(fc.tuple(fc.constantFrom(4 as const, 16 as const), fc.tuple(part, part, part, part))),
])("an address that comes again has the same text as the first time, and its own", (addresses) => {
  const view = new DataView(new ArrayBuffer(16));
  const texts = new AddressTexts(view);
  for (const [length, parts] of addresses) {
    parts.forEach((value, index) => {
      view.setUint32(index * 4, value);
    });
    expect(texts.at(0, length)).toBe(readAddress(view, 0, length));
  }
});

test.each([4, 16] as const)(
  "ten thousand addresses of %i bytes, more than there are places, each keep their own text",
  (length) => {
    const view = new DataView(new ArrayBuffer(16));
    const texts = new AddressTexts(view);
    for (const word of [0, length - 4])
      for (let i = 0; i < 10_000; i++) {
        view.setUint32(word, 0x0a000000 + i * 7);
        expect(texts.at(0, length)).toBe(readAddress(view, 0, length));
      }
  },
);
