import { defineConfig } from 'vitest/config';

/** End to end: the built app in a real Electron. One at a time, since each owns a screen and an engine. */
export default defineConfig({
  test: {
    name: 'e2e',
    environment: 'node',
    include: ['test/e2e/**/*.test.ts'],
    allowOnly: false,
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
