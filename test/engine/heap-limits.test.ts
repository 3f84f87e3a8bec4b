import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

/** Makes a hundred megabytes of objects that live for a while, a few at a time, and tells what the heap came to. */
const CHURN = `
  let kept = [];
  let most = 0;
  for (let round = 0; round < 200; round += 1) {
    kept = [...kept.slice(-8), Array.from({ length: 10_000 }, (_, index) => ({ index, text: 'x' + index }))];
    most = Math.max(most, getHeapStatistics().total_heap_size);
  }`;

function mostHeapBytes(prepare: string): { main: number; thread: number } {
  const program = `
    import { getHeapStatistics } from 'node:v8';
    import { Worker } from 'node:worker_threads';
    ${prepare}
    const inThread = "import { getHeapStatistics } from 'node:v8'; import { parentPort } from 'node:worker_threads';"
      + ${JSON.stringify(`${CHURN}\nparentPort.postMessage(most);`)};
    const thread = await new Promise((resolve) => {
      new Worker(new URL('data:text/javascript,' + encodeURIComponent(inThread))).once('message', resolve);
    });
    ${CHURN}
    console.log(JSON.stringify({ main: most, thread }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  return z.object({ main: z.number(), thread: z.number() }).parse(JSON.parse(output));
}

describe('Heaps', () => {
  it('stay small on the main thread and in the threads started afterwards', () => {
    // Usually 20 to 35 % less. It depends on when collections beside the thread are through: the best of some counts.
    const limited = Array.from({ length: 4 }, () =>
      mostHeapBytes(`import { limitHeaps } from './src-main/engine/heap-limits.ts'; limitHeaps();`),
    );
    const free = mostHeapBytes('');
    expect(Math.min(...limited.map(({ main }) => main))).toBeLessThan(free.main * 0.95);
    expect(Math.min(...limited.map(({ thread }) => thread))).toBeLessThan(free.thread * 0.95);
  });
});
