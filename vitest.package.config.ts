import { defineConfig } from 'vitest/config';

/** The packaged product: packed, installed, started, removed. One at a time, since it is one installation. */
export default defineConfig({
  test: {
    name: 'package',
    environment: 'node',
    include: ['test/package/**/*.test.ts'],
    allowOnly: false,
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
