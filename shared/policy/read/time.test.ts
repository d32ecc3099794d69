import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { parseTime } from "./time.ts";

test.each([
  ["2027-03-31T18:00:00Z", "2027-03-31T18:00:00.000Z"],
  ["2027-03-31T18:00Z", "2027-03-31T18:00:00.000Z"],
  ["2027-03-31T18:00:00+02:00", "2027-03-31T16:00:00.000Z"],
  ["2027-03-31T18:00:00-0330", "2027-03-31T21:30:00.000Z"],
  ["2027-01-01T00:30:00+01", "2026-12-31T23:30:00.000Z"],
  ["2027-03-31T18:00:00.25Z", "2027-03-31T18:00:00.250Z"],
  ["2027-03-31T18:00:00,1239Z", "2027-03-31T18:00:00.123Z"],
  ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
  ["2261-12-31T23:59:59Z", "2261-12-31T23:59:59.000Z"],
])("%s is %s", (text, utc) => {
  const time = parseTime(text);
  expect(typeof time === "number" && new Date(time).toISOString()).toBe(utc);
});

test.each([
  "2027-03-31T18:00:00",
  "2027-3-31T18:00:00Z",
  "20270331T180000Z",
  "2027-W13-3T18:00:00Z",
  "2027-03-31T18:00:60Z",
  "2027-00-10T18:00:00Z",
  "2027-13-10T18:00:00Z",
  "2027-04-31T18:00:00Z",
  "2100-02-29T18:00:00Z",
  "1969-12-31T23:59:59Z",
  "2262-01-01T00:00:00Z",
  "2027-03-31T18:00:00+02:60",
  "now",
  "",
])("'%s' is no time with a zone", (text) => {
  expect(parseTime(text)).toHaveProperty("problem");
});

const LAST = Date.UTC(2261, 11, 31);

property.prop([fc.date({ min: new Date(0), max: new Date(LAST), noInvalidDate: true })])(
  "what JavaScript writes is read as the same time",
  (date) => {
    expect(parseTime(date.toISOString())).toBe(date.getTime());
  },
);
