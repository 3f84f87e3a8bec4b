import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackPieces } from '../../../../src-main/engine/flow/packed-pieces.ts';
import { KIND, LATENCY_BUCKETS, type TrafficSums } from '../../../../src-main/engine/flow/traffic.ts';
import { TrafficLedger } from '../../../../src-main/engine/store/traffic/traffic-ledger.ts';
import { readTraffic } from '../../../../src-main/engine/store/traffic/traffic-reader.ts';
import { TrafficStore } from '../../../../src-main/engine/store/traffic/traffic-store.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const RANGE = { from: NOON - 3_600_000, to: NOON + 3_600_000 };
let directory = '';
const problems: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-traffic-'));
  problems.length = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function openStore(): TrafficStore {
  const onProblem = ({ message }: { message: { key: string } }) => problems.push(message.key);
  return new TrafficStore(directory, { clock: { now: () => NOON }, onProblem });
}

function ledgerOn(store: TrafficStore): TrafficLedger {
  return new TrafficLedger(store, ({ message }) => problems.push(message.key));
}

/** Sums of requests to one route, all of one minute. */
function sums(route: string, requests: number, time = NOON): TrafficSums {
  return {
    count: 2,
    kinds: Uint8Array.of(KIND.total, KIND.route),
    times: Float64Array.of(time, time),
    names: Uint32Array.of(0, 1),
    nameTable: ['', route],
    requests: Uint32Array.of(requests, requests),
    errors: Uint32Array.of(1, 1),
    refusals: new Uint32Array(2),
    bytes: Float64Array.of(10, 10),
    latencies: new Uint32Array(2 * LATENCY_BUCKETS).fill(1),
  };
}

/** Number and rows of a delivery, as the checkpoint has them. */
function deliveryOf(route: string, requests: number): string[] {
  const ledger = ledgerOn(openStore());
  ledger.add(sums(route, requests), NOON);
  return ledger.take().flatMap(({ pieces }) => [...unpackPieces(pieces)].map(String));
}

function requestsOf(route: string): number {
  const answer = readTraffic(directory, { range: RANGE, by: 'route', limit: 100, points: 10 });
  return answer.rows.find(({ name }) => name === route)?.requests ?? 0;
}

describe('traffic kept in a store', () => {
  it.each([
    ['did not compress it', (text: Buffer): Buffer => text],
    ['compressed it as one', (text: Buffer): Buffer => zstdCompressSync(text)],
  ])('takes in what a version kept that %s', (_, kept) => {
    const [number = '', rows = ''] = deliveryOf('GET /a', 7);
    const text = Buffer.from(`{"number":${number},"rows":${rows}}`);
    ledgerOn(openStore()).restore([{ name: 'traffic', pieces: [kept(text)] }]);
    expect(requestsOf('GET /a')).toBe(7);
    expect(problems).toEqual([]);
  });

  it('takes in a delivery of many pieces', () => {
    const ledger = ledgerOn(openStore());
    for (let route = 0; route < 400; route += 1) {
      for (let minutes = 0; minutes < 30; minutes += 10)
        ledger.add(sums(`GET /${route}`, 7, NOON + minutes * 60_000), NOON);
    }
    ledgerOn(openStore()).restore(ledger.take());
    const { rows } = readTraffic(directory, { range: RANGE, by: 'route', limit: 400, points: 10 });
    expect(rows.map(({ requests }) => requests)).toEqual(new Array(400).fill(21));
    expect(problems).toEqual([]);
  });

  it('adds a delivery once, however often the checkpoint hands it over', () => {
    const store = openStore();
    const ledger = ledgerOn(store);
    ledger.add(sums('GET /a', 7), NOON);
    const kept = ledger.take();
    ledger.keep();
    for (let start = 0; start < 3; start += 1) ledgerOn(store).restore(kept);
    expect(requestsOf('GET /a')).toBe(7);
    store.close();
  });

  it('takes in at the next start what a kill between checkpoint and store left out', () => {
    const store = openStore();
    const ledger = ledgerOn(store);
    ledger.add(sums('GET /a', 7), NOON);
    const kept = ledger.take();
    store.close();
    const reopened = openStore();
    const next = ledgerOn(reopened);
    next.restore(kept);
    next.add(sums('GET /a', 1), NOON);
    next.take();
    next.keep();
    expect(requestsOf('GET /a')).toBe(8);
    reopened.close();
  });

  it('counts each request exactly once, wherever it is killed', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            requests: fc.integer({ min: 1, max: 9 }),
            killed: fc.constantFrom('no', 'beforeCheckpoint', 'beforeStore'),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        (steps) => {
          rmSync(directory, { recursive: true, force: true });
          directory = mkdtempSync(join(tmpdir(), 'yagura-traffic-'));
          let store = openStore();
          let ledger = ledgerOn(store);
          let checkpoint: ReturnType<TrafficLedger['take']> = [];
          let expected = 0;
          for (const { requests, killed } of steps) {
            ledger.add(sums('GET /a', requests), NOON);
            const taken = ledger.take();
            // Not in the checkpoint: its lines are read again, which is what the next steps stand for.
            if (killed !== 'beforeCheckpoint') {
              checkpoint = taken;
              expected += requests;
              if (killed === 'no') ledger.keep();
            }
            if (killed === 'no') continue;
            store.close();
            store = openStore();
            ledger = ledgerOn(store);
            ledger.restore(checkpoint);
          }
          store.close();
          expect(requestsOf('GET /a')).toBe(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('counts again with the next checkpoint what the store could not take', () => {
    const store = openStore();
    const ledger = ledgerOn(store);
    ledger.add(sums('GET /a', 7), NOON);
    ledger.take();
    store.close();
    expect(() => ledger.keep()).toThrow();
    const reopened = openStore();
    const next = ledgerOn(reopened);
    // The rows went back into the ledger: its next delivery has them.
    next.restore(ledger.take());
    expect(requestsOf('GET /a')).toBe(7);
    reopened.close();
  });

  it('adds each of many routes to what is stored of it, when a second delivery has them and more', () => {
    const store = openStore();
    const ledger = ledgerOn(store);
    for (const routes of [37, 70]) {
      for (let route = 0; route < routes; route += 1) ledger.add(sums(`GET /${route}`, route + 1), NOON);
      ledger.take();
      ledger.keep();
    }
    const routes = Array.from({ length: 70 }, (_, route) => requestsOf(`GET /${route}`));
    expect(routes).toEqual(routes.map((_, route) => (route + 1) * (route < 37 ? 2 : 1)));
    store.close();
  });

  it('keeps five hundred routes of five minutes apart, the most frequent first, and all others together', () => {
    const store = openStore();
    const ledger = ledgerOn(store);
    for (let route = 0; route < 600; route += 1) ledger.add(sums(`GET /${route}`, route + 1), NOON);
    ledger.take();
    ledger.keep();
    const answer = readTraffic(directory, { range: RANGE, by: 'route', limit: 500, points: 10 });
    expect(answer.rows).toHaveLength(500);
    expect(answer.rows[0]).toMatchObject({ name: 'GET /599', requests: 600 });
    expect(answer.others?.requests).toBe((100 * 101) / 2);
    expect(answer.totals.requests).toBe((600 * 601) / 2);
    store.close();
  });

  it('counts what it has no room for, and asks for a checkpoint before', () => {
    const store = openStore();
    const ledger = ledgerOn(store);
    for (let minute = 0; minute < 50_000; minute += 1)
      ledger.add(sums('GET /a', 1, NOON - minute * 60_000), NOON);
    expect(ledger.isPressing).toBe(true);
    expect(ledger.queue()).toMatchObject({ depth: 80_000, dropped: 20_000 });
    store.close();
  });

  it('lets go what is past its age', () => {
    const store = openStore();
    store.apply(1, [
      { kind: 1, time: NOON - 10 * 86_400_000, name: 'old', ...figures() },
      { kind: 1, time: NOON, name: 'new', ...figures() },
    ]);
    expect(store.retain(9, NOON)).toBe(1);
    expect(requestsOf('new')).toBe(1);
    store.close();
  });

  it.each([
    ['no number', '{"rows":[]}'],
    ['a number below nought', '{"number":-1}'],
    ['a row of no known kind', delivery({ kind: 9 })],
    ['a row with half a request', delivery({ requests: 0.5 })],
    ['a row with a text for a latency', delivery({ latency: ['1'] })],
    ['half a text', '{"number":1,'],
  ])('says so when the checkpoint holds something else than sums: %s', (_, kept) => {
    const store = openStore();
    ledgerOn(store).restore([{ name: 'traffic', pieces: [Buffer.from(kept)] }]);
    expect(problems).toEqual(['traffic.problem.lost']);
    store.close();
  });

  it('is empty and no fault before the first request', () => {
    const answer = readTraffic(directory, { range: RANGE, by: 'client', limit: 10, points: 10 });
    expect(answer).toMatchObject({ totals: { requests: 0 }, rows: [], series: { times: [] } });
  });

  it('takes only requests of now for live', () => {
    const store = openStore();
    const ledger = ledgerOn(store);
    ledger.add(sums('GET /a', 7), NOON);
    ledger.add(sums('GET /a', 9, NOON - 3_600_000), NOON);
    expect(ledger.takeLive()).toMatchObject({ requests: 7, errors: 1 });
    expect(ledger.takeLive().requests).toBe(0);
    store.close();
  });
});

function figures() {
  return { requests: 1, errors: 0, refusals: 0, bytes: 0, latency: [] };
}

/** What a checkpoint keeps of a row. */
function delivery(row: object): string {
  return JSON.stringify({ number: 1, rows: [{ kind: 1, time: NOON, name: 'GET /a', ...figures(), ...row }] });
}
