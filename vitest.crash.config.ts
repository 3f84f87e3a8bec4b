import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Programs that tests start keep what they compiled: the terminal then starts in a third of the time. */
const compiled = fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url));

/** Engines killed in the middle of heavy work. One at a time: the moment of the kill must not depend on a neighbour. */
export default defineConfig({
  test: {
    name: 'crash',
    environment: 'node',
    include: ['test/crash/**/*.test.ts'],
    allowOnly: false,
    env: { NODE_COMPILE_CACHE: compiled },
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
