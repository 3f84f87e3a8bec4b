/** From a line's writing to its row in the desktop's window: `node test/bench/live-window.ts LINES`; part of `bench live`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { startYagura } from '../e2e/desktop.ts';
import { BulkRead, connected, liveFiles, percentiles, writeLive } from './live.ts';

/** What the page noted since it was last asked. */
const notes = z.object({
  seen: z.array(z.tuple([z.number(), z.number()])),
  longTasks: z.array(z.number()),
});

/** Notes in the page when a row with a number is first there; tasks longer than 50 ms are gathered beside. */
async function watchRows(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: [number, number][] = [];
    const known = new Set<number>();
    const longTasks: number[] = [];
    Object.assign(globalThis, {
      yaguraNotes: () => ({ seen: seen.splice(0), longTasks: longTasks.splice(0) }),
    });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTasks.push(duration);
    }).observe({ type: 'longtask' });
    new MutationObserver(() => {
      for (const row of document.querySelectorAll('.stream [role=option]')) {
        const number = Number(/ tick (\d+) /.exec(row.textContent)?.[1] ?? Number.NaN);
        if (Number.isNaN(number) || known.has(number)) continue;
        known.add(number);
        seen.push([number, Date.now()]);
      }
    }).observe(document.querySelector('.logs') ?? document.body, { subtree: true, childList: true });
  });
}

const lines = Number(process.argv[2] ?? 1_000_000);
const directory = mkdtempSync(join(tmpdir(), 'yagura-bench-'));
try {
  const files = liveFiles(directory, lines);
  const desktop = await startYagura({ dataDirectory: files.data });
  try {
    const { page } = desktop;
    await desktop.go('logs');
    await watchRows(page);
    const seen = new Map<number, number>();
    const tasks: number[] = [];
    const look = async (): Promise<void> => {
      const noted = notes.parse(await page.evaluate('yaguraNotes()'));
      for (const [number, at] of noted.seen) seen.set(number, at);
      tasks.push(...noted.longTasks);
    };
    const looking = setInterval(() => void look().catch(() => undefined), 500);
    const arrived = (number: number): number | undefined => seen.get(number);
    await page.waitForTimeout(2000);
    await look();
    tasks.length = 0;
    const atRest = await writeLive(files.live, 0, (written) => written < 100, arrived);
    const restTasks = tasks.splice(0);
    const asking = await connected(files.data);
    const bulk = new BulkRead();
    const reading = bulk.watch(asking.client, files.bulk).catch(() => undefined);
    const underLoad = await writeLive(files.live, atRest.written, bulk.goesOn, arrived);
    clearInterval(looking);
    await look();
    await Promise.race([reading, page.waitForTimeout(1)]);
    asking.close();
    const results = {
      ...percentiles('windowRest', atRest),
      ...percentiles('windowBulk', underLoad),
      windowRestLongTasks: restTasks.length,
      windowBulkLongTasks: tasks.length,
      windowLongestTaskMs: Math.max(0, ...restTasks, ...tasks),
    };
    process.stdout.write(JSON.stringify(results));
  } finally {
    await desktop.close();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
