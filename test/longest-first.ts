/** The order of the test files: those that take long begin first, or the last of them would run alone while the other workers have nothing left to do. */

import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Seconds that files took on two processors, those of ten and more; a fresh clone knows no durations of its own. What is not named here comes after, the largest first. */
const SECONDS: Readonly<Record<string, number>> = {
  "test/dashboard/dashboard.test.ts": 91,
  "test/machines/life.test.ts": 88,
  "test/package/package.test.ts": 77,
  "test/lab/lab.test.ts": 67,
  "test/centre/rollouts.test.ts": 51,
  "test/apply/killed.test.ts": 46,
  "test/dashboard/second-person.test.ts": 41,
  "test/golden/kernel.test.ts": 38,
  "test/centre/trial.test.ts": 32,
  "test/dashboard/estate.test.ts": 31,
  "test/centre/partition.test.ts": 29,
  "test/dashboard/people.test.ts": 27,
  "test/centre/flows.test.ts": 22,
  "server/cli/cli.test.ts": 22,
  "test/centre/distribution.test.ts": 20,
  "test/centre/first-suggestion.test.ts": 17,
  "test/daemon/life.test.ts": 17,
  "test/daemon/overruns.test.ts": 16,
  "test/daemon/many.test.ts": 16,
  "agent/kernel/netlink/members.test.ts": 16,
  "test/centre/authority.test.ts": 15,
  "test/apply/state-trouble.test.ts": 14,
  "test/apply/probation.test.ts": 14,
  "test/faults/instant.test.ts": 12,
  "test/daemon/state-trouble.test.ts": 12,
  "test/daemon/flows-random.test.ts": 11,
  "server/cli/golden/golden.test.ts": 11,
  "test/faults/flood.test.ts": 11,
  "test/apply/boot.test.ts": 11,
  "test/alerts/day.test.ts": 11,
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const bySize = await super.sort(files);
    const root = `${this.ctx.config.root}/`;
    const seconds = (file: TestSpecification) => SECONDS[file.moduleId.slice(root.length)] ?? 0;
    return bySize.sort((one, other) => seconds(other) - seconds(one));
  }
}
