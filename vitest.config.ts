import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["guildhall-source"] },
  ssr: { resolve: { conditions: ["guildhall-source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "packages/*/tests/**/*.test.ts", "modules/*/src/**/*.test.ts"],
    setupFiles: ["packages/server/tests/support/watch-for-secrets.ts"],
    globalSetup: ["packages/server/tests/support/global-setup.ts"],
    // The suites wait for stores more than they compute; the default would leave one core unused.
    maxWorkers: "100%",
    execArgv: ["--conditions=guildhall-source"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
