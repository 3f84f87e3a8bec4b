import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOG_CLASSES } from '../../../src-preload/contract/log-classes.ts';
import { splitLines } from '../../../src-main/engine/flow/line-batch.ts';
import { FIELD, ParsedBatch } from '../../../src-main/engine/flow/parsed-batch.ts';
import { partitionLines } from '../../../src-main/engine/flow/partition-lines.ts';
import { addressOf } from '../../../src-main/engine/flow/stored-lines.ts';

const DAY = 86_400_000;

interface Line {
  text: string;
  day: number;
  logClass: number;
  address: string | undefined;
}

const line = fc.record({
  text: fc.string({ maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, ' ')),
  day: fc.integer({ min: 20_000, max: 20_002 }),
  logClass: fc.integer({ min: 0, max: 2 }),
  address: fc.option(fc.constantFrom('192.0.2.1', '2001:db8::1'), { nil: undefined }),
});

function partition(lines: Line[]) {
  const bytes = Buffer.from(lines.map(({ text }) => `${text}\n`).join(''));
  const batch = new ParsedBatch(splitLines('source', 3, 1000, bytes));
  const classes = new Uint8Array(lines.length);
  const texts = lines.map(({ text }) => Buffer.from(text));
  const textEnds = new Uint32Array(lines.length);
  let end = 0;
  for (const [index, each] of lines.entries()) {
    batch.times[index] = each.day * DAY + index;
    classes[index] = each.logClass;
    if (each.address !== undefined) batch.setDecoded(index, FIELD.address, each.address);
    end += texts[index]?.length ?? 0;
    textEnds[index] = end;
  }
  return {
    batch,
    parts: partitionLines(
      batch,
      { text: Buffer.concat(texts), textEnds, changed: new Uint8Array(lines.length) },
      classes,
    ),
  };
}

describe('Lines sorted into partitions', () => {
  it('are each there once, in stream order, with their own text, address and offset', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 60 }), (lines) => {
        const { batch, parts } = partition(lines);
        const seen: number[] = [];
        for (const part of parts) {
          let from = 0;
          for (let index = 0; index < part.count; index += 1) {
            const original = (part.times[index] ?? 0) % DAY;
            const expected = lines[original];
            if (expected === undefined) throw new Error('a line that was not there');
            seen.push(original);
            expect(Buffer.from(part.text.subarray(from, part.textEnds[index])).toString()).toBe(
              expected.text,
            );
            expect(addressOf(part, index)).toBe(expected.address ?? '');
            expect(part.offsets[index]).toBe(batch.offset(original));
            expect(part.logClass).toBe(LOG_CLASSES[expected.logClass]);
            expect(part.day).toBe(new Date(expected.day * DAY).toISOString().slice(0, 10));
            from = part.textEnds[index] ?? from;
          }
          expect([...part.offsets]).toEqual([...part.offsets].sort((a, b) => a - b));
        }
        expect(seen.sort((a, b) => a - b)).toEqual(lines.map((_, index) => index));
      }),
    );
  });

  it('have their address where it stands, also where masking has moved it, and as a text where it is masked', () => {
    const address = '192.0.2.17';
    const kept = (text: string, masked: string): [string, number] => {
      const batch = new ParsedBatch(splitLines('source', 3, 0, Buffer.from(`first\n${text}\n`)));
      const start = 6 + text.indexOf(address);
      batch.times.fill(20_000 * DAY);
      batch.setSlice(1, FIELD.address, start, start + address.length);
      const lines = Buffer.from(`first${masked}`);
      const textEnds = Uint32Array.of(5, lines.length);
      const [part] = partitionLines(
        batch,
        { text: lines, textEnds, changed: Uint8Array.of(0, text === masked ? 0 : 1) },
        new Uint8Array(2),
      );
      if (part === undefined) throw new Error('no part');
      expect(addressOf(part, 0)).toBe('');
      return [addressOf(part, 1), part.addresses[1] ?? -1];
    };
    expect(kept('192.0.2.17 asks', '192.0.2.17 asks')).toEqual([address, 0]);
    expect(kept('192.0.2.17 asks', '192.0.2.17 [masked]')).toEqual([address, 0]);
    expect(kept('hanako from 192.0.2.17', 'user-123456 from 192.0.2.17')).toEqual([address, 17]);
    expect(kept('from 192.0.2.17 and', 'from [masked] and')).toEqual([address, -2]);
    // Neither beyond the line's end nor before its beginning.
    expect(kept('192.0.2.17', '192.0.2')).toEqual([address, -2]);
  });
});
