import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkOrder } from '../../../src-main/engine/threads/chunk-order.ts';
import type { ParsedChunk } from '../../../src-main/engine/threads/messages.ts';

function chunk(stream: number, order: number): ParsedChunk {
  return {
    type: 'parsed',
    job: order,
    sourceId: String(stream),
    stream,
    order,
    live: false,
    readAt: 0,
    end: { stream, offset: 0 },
    lines: 0,
    bytes: 0,
    newestTime: undefined,
    format: undefined,
    parts: [],
    patterns: { changes: [], kept: 0, forgotten: 0 },
    events: {
      sourceId: '',
      stream,
      rules: '',
      count: 0,
      strings: [''],
      times: new Float64Array(),
      offsets: new Float64Array(),
      addresses: new Int32Array(),
      otherAddresses: new Uint32Array(),
      users: new Uint32Array(),
      services: new Uint32Array(),
      rulesOf: new Uint32Array(),
      texts: new Uint32Array(),
      targets: new Int32Array(),
      paths: new Int32Array(),
      directories: new Int32Array(),
      agents: new Int32Array(),
      statuses: new Uint16Array(),
      kinds: new Uint8Array(),
      flags: new Uint8Array(),
    },
  };
}

const names = (chunks: ParsedChunk[]): string[] => chunks.map((each) => `${each.stream}/${each.order}`);

describe('The order of chunks', () => {
  it('is that of each stream, in whichever order workers finish', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 40 }).chain((streams) => {
          const counts = new Map<number, number>();
          const all = streams.map((stream) => {
            const order = counts.get(stream) ?? 0;
            counts.set(stream, order + 1);
            return [stream, order] as const;
          });
          return fc.shuffledSubarray(all, { minLength: all.length });
        }),
        (arrivals) => {
          const order = new ChunkOrder();
          const stored = arrivals.flatMap(([stream, number]) => names(order.add(chunk(stream, number))));
          expect(stored).toHaveLength(arrivals.length);
          for (const stream of [1, 2, 3]) {
            const own = stored.filter((name) => name.startsWith(`${stream}/`));
            expect(own).toEqual(own.map((_, index) => `${stream}/${index}`));
          }
          expect(order.waiting).toBe(0);
        },
      ),
    );
  });

  it('goes on without a chunk that was given up', () => {
    const order = new ChunkOrder();
    expect(names(order.add(chunk(1, 1)))).toEqual([]);
    expect(order.waiting).toBe(1);
    expect(names(order.skip(1, 0))).toEqual(['1/1']);
  });

  it('takes a chunk once, when two workers did it', () => {
    const order = new ChunkOrder();
    expect(names(order.add(chunk(1, 0)))).toEqual(['1/0']);
    expect(names(order.add(chunk(1, 0)))).toEqual([]);
    expect(names(order.add(chunk(1, 1)))).toEqual(['1/1']);
  });
});
