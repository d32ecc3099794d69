/** What a policy was held to, and how it came out: its tests and its invariants, alike for every format. */

import type { ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";
import type { Place } from "@bulkhead/shared/policy/place.ts";
import {
  invariantName,
  invariantReasons,
  invariantSentence,
} from "@bulkhead/shared/rules/invariant-words.ts";
import { testName, testSentence } from "@bulkhead/shared/rules/test-words.ts";
import type { CheckReport } from "./report.ts";
import { TEST_FAILED } from "./sentences.ts";

export interface Finding {
  /** The code under which it is reported to tools where it did not pass. */
  readonly code: ErrorCode;
  /** `tests`, `invariants`, `connections`. */
  readonly suite: string;
  /** In text: `test failed`. */
  readonly title: string;
  readonly place: Place;
  readonly name: string;
  readonly passed: boolean;
  /** What is wrong, where it did not pass. */
  readonly sentence: string;
  readonly reasons: readonly string[];
}

/** In the order in which they are told. */
export function findingsOf({
  tests = [],
  invariants = [],
  connections = [],
}: CheckReport): readonly Finding[] {
  return [
    ...tests.map((test) => ({
      ...{ code: TEST_FAILED, suite: "tests", title: "test failed", place: test.place },
      name: `${test.expected} ${testName(test)}`,
      passed: test.passed,
      sentence: testSentence(test),
      reasons: test.reasons,
    })),
    ...invariants.map((invariant) => ({
      ...{
        code: "policy/invariant-broken" as const,
        suite: "invariants",
        title: "invariant broken",
        place: invariant.place,
      },
      name: invariantName(invariant),
      passed: invariant.holds,
      sentence: invariantSentence(invariant),
      reasons: invariantReasons(invariant),
    })),
    ...connections.map((connection) => ({
      ...{ code: "command/connection-broken" as const, suite: "connections", title: "connection broken" },
      ...{ ...connection, passed: false },
    })),
  ];
}
