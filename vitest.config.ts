import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{shared,terminal,agent,server,dashboard,packaging,test}/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Real kernels and real traffic on a machine that others use as well: a test that fails by itself fails twice.
    retry: process.env.CI ? 1 : 0,
  },
});
