import { expect, test } from "vitest";
import { isFromKernel, isPermission, readComplaints, refusal } from "./refusal.ts";

const TRANSACTION = "table inet bulkhead {\n  chain a {\n    tcp dport 70000 accept\n    foo\n  }\n}\n";
const TWO = `/dev/stdin:4:8-8: Error: syntax error, unexpected newline
    foo
       ^
/dev/stdin:3:15-19: Error: Service out of range
    tcp dport 70000 accept
              ^^^^^
`;

test("complaints come in the order of the transaction's lines, not of nft's thoughts", () => {
  expect(readComplaints(TWO)).toEqual([
    { line: 3, words: "Service out of range" },
    { line: 4, words: "syntax error, unexpected newline" },
  ]);
});

test("the error names the first line that nft points at, and how many more there are", () => {
  expect(refusal(TRANSACTION, TWO).message).toBe(
    "nft refuses line 3, 'tcp dport 70000 accept': Service out of range (and 1 more)",
  );
});

test.each([
  [
    "netlink: Error: cache initialization failed: Operation not permitted\n",
    "nft refuses: cache initialization failed: Operation not permitted",
  ],
  [
    "Error: Could not process rule: Device or resource busy\n",
    "nft refuses: Could not process rule: Device or resource busy",
  ],
  ["internal:0:0-0: Error: Could not open file\n", "nft refuses: Could not open file"],
  ["/dev/stdin:99:1-1: Error: beyond the end\n", "nft refuses line 99, '': beyond the end"],
  ["BUG: unhandled\n", "nft refuses: BUG: unhandled"],
  ["", "nft refuses: it gives no reason"],
])("what nft says is never lost: %j", (stderr, message) => {
  expect(refusal(TRANSACTION, stderr).message).toBe(message);
});

test("a long line is cut where it is shown", () => {
  const { message } = refusal(`${"x".repeat(100_000)}\n`, "/dev/stdin:1:1-1: Error: long\n");
  expect(message.length).toBeLessThan(200);
});

test("who refuses is told apart: the kernel for want of rights, the kernel for want of a feature, nft itself", () => {
  expect(isPermission("netlink: Error: cache initialization failed: Operation not permitted\n")).toBe(true);
  expect(isPermission(TWO)).toBe(false);
  expect(isFromKernel("/dev/stdin:1:1-1: Error: Could not process rule: No such file or directory\n")).toBe(
    true,
  );
  expect(isFromKernel(TWO)).toBe(false);
});

test("a transaction that is too long for a user namespace says what to do there", () => {
  const { remedy } = refusal(TRANSACTION, "netlink: Error: Could not process rule: Message too long\n");
  expect(remedy).toContain("net.core.wmem_default");
  expect(refusal(TRANSACTION, TWO).remedy).not.toContain("net.core");
});
