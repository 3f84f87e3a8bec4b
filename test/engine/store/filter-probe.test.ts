import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressToken, filterQuestion } from '../../../src-main/engine/store/block/gram-filter.ts';
import { encodeBlocks } from '../../../src-main/engine/store/block/encode-block.ts';
import { openReadable } from '../../../src-main/engine/store/database.ts';
import { logMigrations } from '../../../src-main/engine/store/migrations/logs/index.ts';
import { FilterProbe } from '../../../src-main/engine/store/read/filter-probe.ts';
import { openLogStore } from '../../../src-main/engine/store/write/log-writer.ts';
import { DAY_START, endOf, inStream, stored, type SampleLine } from './sample-lines.ts';

/* Filters of blocks asked in turn are asked for many blocks at once: the answers are those of each by itself. */

const BLOCKS = 150;
const LATER = 30;

let directory = '';
let lines: SampleLine[] = [];
let from = 0;
let store: ReturnType<typeof openLogStore>;

/** Words of some blocks only. Every tenth block is larger, with a larger filter, and every seventh lists an address. */
function linesOf(block: number): { text: string; address: string }[] {
  const count = block % 10 === 3 ? 300 : 5;
  return Array.from({ length: count }, (_, n) => ({
    text: `block${block} word-${block % 9} only${block % 40 === 7 ? 'seldom' : 'often'} ${(block * 7919 + n * 131).toString(36)}`,
    address: block % 7 === 2 && n === 0 ? '203.0.113.9' : '',
  }));
}

function append(first: number, count: number): void {
  for (let block = first; block < first + count; block += 1) {
    const offset = endOf(lines);
    const part = inStream(
      linesOf(block).map(({ text, address }) => ({
        time: DAY_START + block,
        level: 6,
        address,
        bytes: Buffer.from(text),
      })),
      offset,
    );
    lines = part;
    store.appendBlocks(encodeBlocks(stored(part)), { stream: 1, offset: endOf(part) });
    from = block;
  }
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-probe-'));
  lines = [];
  store = openLogStore(directory, {
    clock: { now: () => DAY_START },
    onProblem: (problem) => {
      throw new Error(JSON.stringify(problem));
    },
  });
  append(0, BLOCKS);
});

afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

function opened(): ReturnType<typeof openReadable> {
  return openReadable(join(directory, 'logs/application/2026-11-21.db'), logMigrations);
}

const questions = (): ReturnType<typeof filterQuestion>[] => [
  ...['word-4', 'onlyseldom', 'block77 ', 'block7', 'absent', 'word'].map((text) =>
    filterQuestion([Buffer.from(text)], []),
  ),
  filterQuestion([], [addressToken('203.0.113.9')]),
  filterQuestion([], [addressToken('203.0.113.10')]),
];

/** Each block's frames for each question, every one of them asked by a probe that was asked nothing else. */
function askedAlone(count: number): number[][] {
  const database = opened();
  const frames = questions().map((question) =>
    Array.from({ length: count }, (_, index) => new FilterProbe(database).frames(index + 1, question)),
  );
  database.close();
  return frames;
}

describe('filters of blocks asked in turn', () => {
  it('say of each what they say when it is asked alone, upwards and downwards, question by question', () => {
    const expected = askedAlone(BLOCKS);
    // Neither nothing nor everything.
    for (const index of [0, 1, 2, 6]) {
      expect(expected[index]?.filter((frames) => frames === 0).length).toBeGreaterThan(BLOCKS / 3);
      expect(expected[index]?.some((frames) => frames !== 0)).toBe(true);
    }
    const database = opened();
    const blocks = Array.from({ length: BLOCKS }, (_, index) => index + 1);
    for (const order of [blocks, blocks.toReversed()]) {
      const probe = new FilterProbe(database);
      const asked = questions();
      const found = asked.map(() => new Array<number>(BLOCKS).fill(-1));
      for (const block of order)
        for (const [index, question] of asked.entries())
          found[index]?.splice(block - 1, 1, probe.frames(block, question));
      expect(found).toEqual(expected);
    }
    database.close();
  });

  it('say it of blocks that came after their neighbours were asked', () => {
    const database = opened();
    const probe = new FilterProbe(database);
    const asked = questions();
    for (let block = BLOCKS - 10; block <= BLOCKS; block += 1)
      for (const question of asked) probe.frames(block, question);
    append(from + 1, LATER);
    const expected = askedAlone(BLOCKS + LATER);
    for (let block = BLOCKS + 1; block <= BLOCKS + LATER; block += 1)
      expect(asked.map((question) => probe.frames(block, question))).toEqual(
        expected.map((frames) => frames[block - 1]),
      );
    database.close();
  });
});
