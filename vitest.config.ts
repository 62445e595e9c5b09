import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["guildhall-source"] },
  ssr: { resolve: { conditions: ["guildhall-source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "packages/*/tests/**/*.test.ts", "modules/*/src/**/*.test.ts"],
    setupFiles: ["packages/server/tests/support/watch-for-secrets.ts"],
    globalSetup: ["packages/server/tests/support/global-setup.ts"],
    // The suites wait for stores and processes more than they compute.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    execArgv: ["--conditions=guildhall-source"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
