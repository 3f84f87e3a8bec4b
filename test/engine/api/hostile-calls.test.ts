import fc from 'fast-check';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contract } from '../../../src-preload/contract/index.ts';
import { ERROR_KINDS } from '../../../src-preload/contract/errors.ts';
import { startEngine, type Engine } from '../../../src-main/engine/engine.ts';
import { MAX_SUBSCRIPTIONS } from '../../../src-main/engine/api/server/feeds.ts';
import { findInstallation } from '../../../src-main/installation.ts';
import { attachToEngine, callLimit, type EngineConnection } from '../../../src-main/wire/engine-client.ts';

const ENTRY = new URL('../../../src-main/cli/index.ts', import.meta.url).href;
/** Longer than any answer takes on a busy machine, shorter than a hang. */
const ANSWER_MS = 10_000;
const STREAMS = new Set(['watchStatus', 'watch', 'tail']);
const LINES = 300;
const DAY_MS = 86_400_000;

let directory = '';
let log = '';
let engine: Engine;
let connection: EngineConnection;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-fuzz-'));
  log = join(directory, 'app.log');
  const hostile = `"GET /?q=${'x'.repeat(4000)} ${'(x+x+)+y'.repeat(50)}`;
  writeFileSync(log, `${new Date().toISOString()} desk app[1]: ${hostile}\n`.repeat(LINES));
  const data = join(directory, 'data');
  mkdirSync(data);
  writeFileSync(
    join(data, 'settings.yaml'),
    `logs:\n  discover: false\n  sources:\n    - path: ${JSON.stringify(log)}\n`,
  );
  engine = await startEngine({
    ...findInstallation(ENTRY),
    dataDirectory: data,
    overrides: {},
    onFatal: (error) => {
      throw error;
    },
  });
  const attached = await attachToEngine(data);
  if (attached === undefined) throw new Error('The engine does not answer.');
  connection = attached;
  await stored(LINES);
}, 30_000);
afterAll(async () => {
  connection.close();
  await engine.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Waits until so many lines are searchable. */
async function stored(lines: number): Promise<void> {
  for (;;) {
    const { count } = await connection.client.logs.count({ filter: { text: '' } }, callLimit());
    if (count >= lines) return;
    await pause(50);
  }
}

/** Every call of the contract, as its area and name. */
const calls = Object.entries(contract).flatMap(([area, members]) =>
  Object.keys(members).map((name) => [area, name] as const),
);

type Outcome = { answered: true; value: unknown } | { answered: false; code: unknown };

/** Calls by name with whatever input: types are what is being attacked. */
async function ask(area: string, name: string, input: unknown): Promise<Outcome> {
  const areaClient: unknown = Reflect.get(connection.client, area);
  if (typeof areaClient !== 'function' && typeof areaClient !== 'object') throw new Error(`No ${area}`);
  const call: unknown = areaClient === null ? undefined : Reflect.get(areaClient, name);
  if (typeof call !== 'function') throw new Error(`No ${area}.${name}`);
  const abort = new AbortController();
  const limit = AbortSignal.any([abort.signal, AbortSignal.timeout(ANSWER_MS)]);
  try {
    const value: unknown = await Reflect.apply(call, undefined, [input, { signal: limit }]);
    if (STREAMS.has(name)) abort.abort();
    return { answered: true, value };
  } catch (error) {
    return { answered: false, code: error instanceof Error && 'code' in error ? error.code : String(error) };
  }
}

const time = fc.oneof(
  fc.integer({ min: 0, max: 8.64e15 }),
  fc.constantFrom(0, Date.now(), Date.now() - DAY_MS, 8.64e15),
);
const range = fc.tuple(time, time).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    '"',
    '-',
    '--',
    '""',
    '-"',
    '\0',
    '\uD800',
    "'; DROP TABLE alerts; --",
    'x'.repeat(2000),
    '../../etc/passwd',
  ),
);
const lineId = fc.oneof(
  text,
  fc.constantFrom(
    'application/2026-11-21/1',
    'access/9999-99-99/1',
    'audit/../../x/1',
    'application/2026-11-21/999999999999999',
  ),
);
const filter = fc.record(
  {
    text,
    regex: fc.boolean(),
    severities: fc.subarray(['critical', 'error', 'warning', 'info']),
    sourceIds: fc.array(text, { maxLength: 3 }),
    address: fc.string({ maxLength: 64 }),
    range,
  },
  { requiredKeys: [] },
);
/** One shape with the fields of all inputs: what a call does not know it ignores, what it knows is of the right kind. */
const validIsh = fc.record(
  {
    filter,
    range,
    from: time,
    stepMs: fc.integer({ min: 60_000, max: DAY_MS }),
    subscription: fc.string({ maxLength: 64 }),
    sequence: fc.nat(),
    series: fc.array(fc.record({ name: fc.constantFrom('cpu.usage', 'host.cpu', '__proto__', 'x') }), {
      minLength: 1,
      maxLength: 4,
    }),
    points: fc.integer({ min: 1, max: 2000 }),
    names: fc.array(fc.string({ minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 4 }),
    direction: fc.constantFrom('older', 'newer'),
    cursor: text,
    limit: fc.integer({ min: 1, max: 500 }),
    buckets: fc.integer({ min: 1, max: 240 }),
    id: lineId,
    before: fc.oneof(fc.integer({ min: 0, max: 200 }), text),
    after: fc.integer({ min: 0, max: 200 }),
    path: text,
    enabled: fc.boolean(),
    text,
    line: text,
    timeZone: fc.constantFrom('UTC', 'Asia/Tokyo', 'Mars/Olympus', ''),
    address: text,
    note: text,
    revision: fc.nat(20),
    changes: fc.array(
      fc.record({
        path: fc.oneof(
          text,
          fc.constantFrom('metrics.interval', '__proto__.x', 'constructor', 'logs.sources', 'logs', ''),
        ),
        value: fc.jsonValue(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  },
  {
    requiredKeys: [
      'filter',
      'range',
      'id',
      'limit',
      'points',
      'series',
      'line',
      'text',
      'address',
      'revision',
      'changes',
    ],
  },
);
const input = fc.oneof({ weight: 3, arbitrary: validIsh }, { weight: 1, arbitrary: fc.jsonValue() });

describe('Every call of the contract', () => {
  it.each(calls)(
    '%s.%s answers anything with an answer or a declared error',
    { timeout: 120_000 },
    async (area, name) => {
      await fc.assert(
        fc.asyncProperty(input, async (given) => {
          const outcome = await ask(area, name, given);
          if (outcome.answered) return;
          expect(ERROR_KINDS).toContain(outcome.code);
          const faults = (): string => {
            try {
              return readFileSync(join(directory, 'data', 'engine.log'), 'utf8').slice(-1500);
            } catch {
              return '';
            }
          };
          if (outcome.code === 'INTERNAL') throw new Error(`INTERNAL: ${faults()}`);
        }),
        { numRuns: 25 },
      );
    },
  );
});

describe('A catastrophic expression of a user', () => {
  const expressions = [
    '(x+x+)+y',
    '(a|aa|x|xx)*z',
    '(x*)*$y',
    Array.from({ length: 300 }, (_, n) => `x{1,3}${n}`).join('|'),
  ];

  it.each(expressions)('stalls neither search nor tail nor the rest: %#', async (expression) => {
    const wanted = { filter: { text: expression, regex: true } };
    const tail = ask('logs', 'tail', wanted);
    const search = ask('logs', 'search', wanted);
    appendFileSync(log, `${new Date().toISOString()} desk app[1]: ${'x'.repeat(15_000)}\n`);
    const begun = performance.now();
    expect(await ask('system', 'status', undefined)).toMatchObject({ answered: true });
    expect(performance.now() - begun).toBeLessThan(2000);
    for (const outcome of [await search, await tail])
      if (!outcome.answered) expect(outcome.code).toBe('BAD_INPUT');
  });
});

describe('Streams', () => {
  it('subscribed and dropped 200 times each leave nothing behind', { timeout: 60_000 }, async () => {
    const { client } = connection;
    const open: (() => Promise<AsyncIterable<unknown>>)[] = [];
    const aborts: AbortController[] = [];
    const signal = (): { signal: AbortSignal } => {
      const abort = new AbortController();
      aborts.push(abort);
      return { signal: abort.signal };
    };
    open.push(
      () => client.system.watchStatus(undefined, signal()),
      () => client.metrics.watch({ names: ['x'] }, signal()),
      () => client.logs.tail({ filter: {} }, signal()),
      () => client.alerts.watch(undefined, signal()),
      () => client.settings.watch(undefined, signal()),
    );
    // More than an engine lets be open at a time: if a few stayed, the last ones would be refused.
    for (let round = 0; round <= MAX_SUBSCRIPTIONS / open.length; round += 1) {
      for (const subscribe of open) await subscribe();
      for (const abort of aborts.splice(0)) abort.abort();
    }
  });
});
