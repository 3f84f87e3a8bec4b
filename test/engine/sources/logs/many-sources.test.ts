import { appendFileSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MAX_DESCRIPTORS } from '../../../../src-main/engine/sources/logs/descriptors.ts';
import { until } from './ssh/ssh-server.ts';
import { asText, MemoryStore, numbered, start, temporaryDirectory } from './tail-harness.ts';

/** Descriptors of this process that lead to files of the directory. */
function openBelow(directory: string): number {
  if (process.platform !== 'linux') return 0;
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(directory);
    } catch {
      // The one this list was read by.
      return false;
    }
  }).length;
}

describe('ten thousand files of one pattern', () => {
  test('are all read, two hundred of them followed live, with few open and nothing lost', async () => {
    const directory = temporaryDirectory();
    const path = (index: number): string => join(directory, `part-${index % 100}`, `app-${index}.log`);
    for (let folder = 0; folder < 100; folder += 1) mkdirSync(join(directory, `part-${folder}`));
    for (let index = 0; index < 10_000; index += 1) writeFileSync(path(index), `file ${index} line\n`);
    const store = new MemoryStore();
    const { tail } = start(store, [join(directory, '*', '*.log')], { timings: { rescan: 60_000 } });
    await store.untilLines(10_000);
    let most = tail.openFiles;
    for (let round = 0; round < 3; round += 1) {
      for (let index = 0; index < 200; index += 1)
        appendFileSync(path(index * 50), `live ${round} of ${index}\n`);
      await store.untilLines(10_000 + 200 * (round + 1));
      most = Math.max(most, tail.openFiles, openBelow(directory));
    }
    expect(new Set(store.lines).size).toBe(10_600);
    expect(store.lines).toHaveLength(10_600);
    expect(most).toBeLessThanOrEqual(MAX_DESCRIPTORS);
    expect(tail.states()).toMatchObject([
      { kind: 'glob', files: 10_000, lagBytes: 0, lostBytes: 0, reason: undefined },
    ]);
  }, 60_000);
});

describe('a paused source', () => {
  test('is not read, says what waits, lets others go on, and goes on where it was, also after a restart', async () => {
    const directory = temporaryDirectory();
    const [held, other] = [join(directory, 'held.log'), join(directory, 'other.log')];
    const store = new MemoryStore();
    writeFileSync(held, asText(numbered('one', 10)));
    writeFileSync(other, '');
    const sources = (paused: boolean): { id: string; path: string; paused: boolean }[] => [
      { id: held, path: held, paused },
      { id: other, path: other, paused: false },
    ];
    const first = start(store, sources(false));
    await store.untilLines(10);
    first.tail.setSources(sources(true));
    const waiting = asText(numbered('two', 10));
    appendFileSync(held, waiting);
    await until(() => first.tail.states()[0]?.lagBytes === waiting.length);
    appendFileSync(other, 'passes\n');
    await store.untilLines(11);
    expect(store.lines.at(-1)).toBe('passes');
    await first.stop();
    const second = start(store, sources(true));
    await until(() => second.tail.states()[0]?.lagBytes === waiting.length);
    appendFileSync(other, 'passes again\n');
    await store.untilLines(12);
    second.tail.setSources(sources(false));
    await store.untilLines(22);
    expect(store.lines).toEqual([...numbered('one', 10), 'passes', 'passes again', ...numbered('two', 10)]);
  });
});
