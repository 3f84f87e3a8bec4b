/**
 * A log that grows by 100,000 lines a second for a minute, while another one is written to now and then, found in a search
 * and seen through the tail (SPEC: nothing lost, nothing dropped). The test in test/crash does the same for seconds.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { callLimit } from '../../src-main/wire/engine-client.ts';
import { connected } from './live.ts';
import { floodBurst, settingsFollowing } from './log-generator.ts';

const BURST_LINES = 10_000;
const BURST_MS = 100;
const SECONDS = 60;
/** How long the engine may take for what is left when the flood ends. */
const CATCH_UP_MS = 300_000;

/** Lines asked for and found, what it took to find one of the other log, and what was dropped. */
export async function flood(command: string, directory: string): Promise<Record<string, number>> {
  const data = join(directory, 'flood-data');
  const [flooding, quiet] = [join(directory, 'flooding.log'), join(directory, 'quiet.log')];
  mkdirSync(data);
  for (const path of [flooding, quiet]) writeFileSync(path, '');
  writeFileSync(join(data, 'settings.yaml'), settingsFollowing([flooding, quiet]));
  const engine = spawn(process.execPath, [command, 'run', '--data', data, '--json'], { stdio: 'ignore' });
  try {
    const connection = await connected(data);
    const { client } = connection;
    const found = async (text: string): Promise<number> =>
      (await client.logs.count({ filter: { text } }, callLimit())).count;
    const waits: number[] = [];
    const search = async (word: string): Promise<void> => {
      const begun = performance.now();
      while ((await found(word)) !== 1 && performance.now() - begun < CATCH_UP_MS) await pause(20);
      waits.push(performance.now() - begun);
    };
    let written = 0;
    let searching = Promise.resolve();
    const begun = performance.now();
    for (let each = 0; each < (SECONDS * 1000) / BURST_MS; each += 1) {
      appendFileSync(flooding, floodBurst(written, BURST_LINES));
      written += BURST_LINES;
      if (each % 20 === 10) {
        const word = `order-${each}-filled`;
        const stamp = new Date().toISOString().slice(0, 19);
        appendFileSync(quiet, `${stamp}Z desk broker[1]: ${word}\n`);
        searching = searching.then(() => search(word));
      }
      await pause(Math.max(0, (each + 1) * BURST_MS - (performance.now() - begun)));
    }
    const floodSeconds = (performance.now() - begun) / 1000;
    await searching;
    const caughtUp = performance.now();
    while ((await found('nikkei')) < written && performance.now() - caughtUp < CATCH_UP_MS) await pause(200);
    const health = await client.system.status(undefined, callLimit());
    const results = {
      floodSeconds,
      linesWritten: written,
      linesMissing: written - (await found('nikkei')),
      catchUpSeconds: (performance.now() - caughtUp) / 1000,
      searches: waits.length,
      foundAfterMedianMs: waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)] ?? Number.NaN,
      foundAfterMaxMs: Math.max(...waits),
      dropped: health.queues.reduce((sum, { dropped }) => sum + dropped, 0),
    };
    connection.close();
    return results;
  } finally {
    engine.kill();
  }
}
