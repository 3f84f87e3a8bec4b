import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ORPCError } from '@orpc/client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ERROR_KINDS } from '../../../src-preload/contract/errors.ts';
import { contract } from '../../../src-preload/contract/index.ts';
import { runEngine, type RunningEngine } from '../running-engine.ts';

let directory: string;
let running: RunningEngine;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-fuzz-'));
  const data = join(directory, 'data');
  const log = join(directory, 'desk.log');
  mkdirSync(data, { mode: 0o700 });
  const long = 'x'.repeat(20_000);
  writeFileSync(
    log,
    Array.from(
      { length: 3000 },
      (_, line) => `${new Date().toISOString()} app: line ${line} ${line % 100 === 0 ? long : ''}\n`,
    ).join(''),
  );
  writeFileSync(join(data, 'settings.yaml'), `logs: {discover: false, sources: [{path: ${log}}]}\n`);
  running = await runEngine(data);
  await vi.waitUntil(() => running.engine.status().ingest.linesTotal === 3000, { timeout: 20_000 });
});

afterAll(async () => {
  await running.stop();
  rmSync(directory, { recursive: true, force: true });
});

const calls = Object.entries(contract).flatMap(([area, members]) =>
  Object.keys(members).map((name) => [area, name] as const),
);

type AnyCall = (input: unknown, options: { signal: AbortSignal }) => Promise<unknown>;

function callOf(area: string, name: string): AnyCall {
  const member: unknown = Reflect.get(Reflect.get(running.client, area) as object, name);
  return member as AnyCall;
}

/** Answers with what came of a call: `answer`, or the kind of its error. */
async function outcome(area: string, name: string, input: unknown): Promise<string> {
  const limit = AbortSignal.timeout(20_000);
  try {
    const answer = await callOf(area, name)(input, { signal: limit });
    if (typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer) {
      const iterator = (answer as AsyncIterable<unknown>)[Symbol.asyncIterator]();
      await iterator.return?.();
    }
    return 'answer';
  } catch (error) {
    if (limit.aborted) return 'HUNG';
    return error instanceof ORPCError ? String(error.code) : `UNDECLARED ${String(error)}`;
  }
}

const range = fc.record({ from: fc.integer(), to: fc.integer() });
/** Shapes that come close to what calls want, and all kinds of rubbish. */
const input = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSparseArray: false,
    withTypedArray: false,
  }),
  fc.record(
    {
      filter: fc.record(
        {
          text: fc.string(),
          regex: fc.boolean(),
          severities: fc.array(fc.constantFrom('critical', 'info', 'x')),
          range,
        },
        { requiredKeys: [] },
      ),
      range: fc.oneof(range, fc.record({ from: fc.constant(0), to: fc.integer({ min: 0 }) })),
      limit: fc.integer(),
      buckets: fc.integer(),
      points: fc.integer(),
      direction: fc.constantFrom('older', 'newer', 'sideways'),
      cursor: fc.string(),
      before: fc.oneof(fc.string(), fc.integer({ min: 0, max: 50 })),
      after: fc.integer({ min: 0, max: 50 }),
      id: fc.oneof(
        fc.string(),
        fc.constantFrom('application/2026-11-21/1', '../../x/1', 'application/2026-13-45/1'),
      ),
      address: fc.string(),
      line: fc.string(),
      path: fc.string(),
      enabled: fc.boolean(),
      text: fc.string(),
      timeZone: fc.string(),
      series: fc.array(fc.record({ name: fc.string(), labels: fc.dictionary(fc.string(), fc.string()) })),
      names: fc.array(fc.string()),
      revision: fc.integer(),
      changes: fc.array(fc.record({ path: fc.string(), value: fc.jsonValue() })),
      from: fc.integer(),
      stepMs: fc.integer({ min: 0, max: 86_400_000 }),
      subscription: fc.string(),
      sequence: fc.integer(),
      note: fc.string(),
    },
    { requiredKeys: [] },
  ),
);

describe('Whatever a face sends', () => {
  it.each(calls)(
    '%s.%s answers, or refuses with a declared error that is no fault of ours',
    async (area, name) => {
      await fc.assert(
        fc.asyncProperty(input, async (sent) => {
          const result = await outcome(area, name, sent);
          expect([
            'answer',
            ...ERROR_KINDS.filter((kind) => kind !== 'INTERNAL' && kind !== 'TIMED_OUT'),
          ]).toContain(result);
        }),
        { numRuns: 25 },
      );
    },
  );

  it('an expression made to stall leaves search, tail and other calls quick', async () => {
    const filter = { text: '(x+x+)+y', regex: true };
    const slow = Promise.all([
      outcome('logs', 'search', { filter }),
      outcome('logs', 'count', { filter }),
      outcome('logs', 'tail', { filter }),
    ]);
    expect(await outcome('system', 'status', undefined)).toBe('answer');
    expect(await slow).toEqual(['answer', 'answer', 'answer']);
  });

  it('two hundred subscriptions opened and dropped leave none behind', async () => {
    for (let round = 0; round < 200; round += 1)
      expect(await outcome('system', 'watchStatus', undefined)).toBe('answer');
    await expect
      .poll(() =>
        running.engine
          .status()
          .queues.filter((queue) => queue.name.startsWith('feed.'))
          .every((queue) => queue.depth === 0),
      )
      .toBe(true);
    expect(await outcome('system', 'identity', undefined)).toBe('answer');
  });
});
