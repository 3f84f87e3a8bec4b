import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFieldReader } from '../../../src-main/engine/parse/field-reader.ts';
import { writtenNumberPart } from '../../../src-main/engine/store/read/query/written-numbers.ts';
import { valueTest } from '../../../src-main/engine/store/read/query/value-test.ts';
import { unitOf } from './unit-of.ts';

const fields = createFieldReader({ now: () => 0 });
const value = fc.constantFrom(
  ...['5', '20', '20ms', '20.5', '.5', '-3', '1e2', '2\\u0035', '\\u0035', ' 20 ', '\u00a020', 'x', ''],
);
const piece = fc.oneof(
  value.map((each) => `took=${each}`),
  value.map((each) => `took="${each}"`),
  value.map((each) => `Took:${each}`),
  value.map((each) => `{"took":"${each}","a":{"took": ${each === '' ? 'null' : JSON.stringify(each)}}}`),
  value.map((each) => JSON.stringify({ took: Number.isNaN(Number(each)) ? each : Number(each) })),
  fc.constantFrom('too', 'k=20', 'took', '5', '=', ' ', 'msg="took=20"', '{"msg":"took=20"}'),
);
const line = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(' '));

describe('numbers written behind a key', () => {
  it('leave out no line whose field is in the range', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('4', '19', '24'),
        (lines, least) => {
          const test = { kind: 'range', least: { text: least, included: true } } as const;
          const matches = valueTest(test);
          const left = writtenNumberPart('took', test)?.select(
            unitOf(lines),
            new Uint8Array(lines.length).fill(1),
          );
          for (const [at, text] of lines.entries()) {
            const described = fields.describe(text, 0, '').fields;
            if (described.some((field) => field.name.toLowerCase() === 'took' && matches(field.value)))
              expect(left?.[at], text).toBe(1);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('leave out lines that have only others, so that they are not parsed', () => {
    const part = writtenNumberPart('took', { least: { text: '20', included: true } });
    const lines = ['took=5ms', '{"took": 25}', 'took="19"', 'nothing'];
    expect(part?.select(unitOf(lines), Uint8Array.of(1, 1, 1, 1))).toEqual(Uint8Array.of(0, 1, 0, 0));
  });
});
