import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";

export default defineConfig({
  test: {
    include: ["{shared,terminal,agent,server,dashboard,packaging,test}/**/*.test.ts"],
    pool: "forks",
    // One more than the processors of a small machine: much of a test of kernels is waiting for their clocks.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Real kernels and real traffic on a machine that others use as well: a test that fails by itself fails twice.
    retry: process.env.CI ? 1 : 0,
  },
});
