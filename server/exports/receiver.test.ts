import { expect, test } from "vitest";
import { placeOf, ReceiverSecrets, ReceiverSpec, receiverProblem } from "./receiver.ts";

const webhook = (url: string) => ({ target: { kind: "webhook", url }, what: ["alerts"] });

test.each([
  ["https://siem.example/in?a=b", true],
  ["https://[2001:db8::1]:8443/", true],
  ["http://127.0.0.1:4318/v1/logs", true],
  ["http://localhost/", true],
  ["http://[::1]:4318/", true],
  ["http://siem.example/", false],
  ["http://127.0.0.1.siem.example/", false],
  ["https://me:secret@siem.example/", false],
  ["https://siem.example/#x", false],
  ["file:///etc/passwd", false],
  ["siem.example", false],
])("%s is an address to tell things to: %s", (url, is) => {
  expect(ReceiverSpec.safeParse(webhook(url)).success).toBe(is);
});

test.each([
  ["Authorization", "Bearer x", true],
  ["X-Key", "x\r\nX-Other: y", false],
  ["X Key", "x", false],
  ["Content-Length", "1", false],
  ["Host", "inner.example", false],
  ["bulkhead-signature", "t=1", false],
])("a header %s: %j may be given: %s", (name, value, may) => {
  expect(ReceiverSecrets.safeParse({ headers: { [name]: value } }).success).toBe(may);
});

test("a receiver makes sense as a whole, or is told why not", () => {
  const spec = (target: object, what: readonly string[] = ["alerts"]) => ReceiverSpec.parse({ target, what });
  const syslog = { kind: "syslog", transport: "udp", host: "siem.example", port: 514 };
  const ca = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  expect(receiverProblem(spec(syslog), {})).toBeUndefined();
  expect(receiverProblem(spec({ ...syslog, ca }), {})).toMatch(/only what speaks TLS/);
  expect(receiverProblem(spec({ ...syslog, transport: "tls", ca }), {})).toBeUndefined();
  expect(receiverProblem(spec(syslog), { headers: { a: "b" } })).toMatch(/have headers/);
  expect(receiverProblem(spec(syslog, ["alerts", "alerts"]), {})).toMatch(/twice/);
  expect(receiverProblem(spec({ kind: "command", command: "x" }, ["alerts", "events"]), {})).toMatch(
    /alerts alone/,
  );
});

test("what may be shown of an address has no path", () => {
  const { target } = ReceiverSpec.parse(webhook("https://hooks.example/services/a-secret?b=c"));
  expect(placeOf(target)).toBe("https://hooks.example");
});
