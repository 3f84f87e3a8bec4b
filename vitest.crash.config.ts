import { defineConfig } from 'vitest/config';

/** Engines killed in the middle of heavy work. One at a time: the moment of the kill must not depend on a neighbour. */
export default defineConfig({
  test: {
    name: 'crash',
    environment: 'node',
    include: ['test/crash/**/*.test.ts'],
    allowOnly: false,
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
