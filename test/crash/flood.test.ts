import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callLimit, type EngineConnection } from '../../src-main/wire/engine-client.ts';
import { floodBurst, settingsFollowing } from '../bench/log-generator.ts';
import { answering, until, watching, type Run } from './yagura.ts';

/** Lines a burst, ten bursts a second: 100,000 lines a second. `npm run bench -- flood` keeps it up for a minute. */
const BURST_LINES = 10_000;
const BURSTS = 40;
const BURST_MS = 100;

let directory = '';
let engine: Run | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-flood-'));
});
afterEach(async () => {
  await engine?.kill();
  engine = undefined;
  rmSync(directory, { recursive: true, force: true });
});

function start(data: string, logs: string[]): Promise<EngineConnection> {
  mkdirSync(data);
  writeFileSync(join(data, 'settings.yaml'), settingsFollowing(logs));
  engine = watching(data);
  return answering(engine, data);
}

describe('A log that floods with 100,000 lines a second', () => {
  it('loses no line, and another log is read, found and shown meanwhile', async () => {
    const flood = join(directory, 'flood.log');
    const quiet = join(directory, 'quiet.log');
    writeFileSync(flood, '');
    writeFileSync(quiet, '');
    const connection = await start(join(directory, 'data'), [flood, quiet]);
    const found = async (text: string): Promise<number> =>
      (await connection.client.logs.count({ filter: { text } }, callLimit())).count;
    await until('both logs are followed', async () => {
      const { length } = await connection.client.logs.sources(undefined, callLimit());
      return length === 2;
    });
    const waits: number[] = [];
    for (let each = 0; each < BURSTS; each += 1) {
      const begun = performance.now();
      appendFileSync(flood, floodBurst(each * BURST_LINES, BURST_LINES));
      if (each % 10 === 5) {
        const word = `order-${each}-filled`;
        appendFileSync(quiet, `${new Date().toISOString().slice(0, 19)}Z desk broker[1]: ${word}\n`);
        const written = performance.now();
        await until(`${word} is found`, async () => (await found(word)) === 1);
        waits.push(performance.now() - written);
      }
      await pause(Math.max(0, BURST_MS - (performance.now() - begun)));
    }
    // Nothing is timed here; but a line that waits for the flood to end would wait for all of it.
    expect(waits).toHaveLength(BURSTS / 10);
    await until(
      'every line of the flood is found',
      async () => (await found('nikkei')) === BURSTS * BURST_LINES,
      60_000,
    );
    expect(await found('quote 399999')).toBe(1);
    const sources = await connection.client.logs.sources(undefined, callLimit());
    expect(sources.map(({ lagBytes }) => lagBytes)).toEqual([0, 0]);
    const health = await connection.client.system.status(undefined, callLimit());
    expect(health.queues.filter(({ dropped }) => dropped > 0)).toEqual([]);
    connection.close();
  });
});
