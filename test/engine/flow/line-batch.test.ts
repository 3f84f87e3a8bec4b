import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLines } from '../../../src-main/engine/flow/line-batch.ts';

function textsOf(text: string): string[] {
  const { bytes, count, starts, ends } = splitLines('test', 1, 0, Buffer.from(text));
  return Array.from({ length: count }, (_, line) => bytes.toString('utf8', starts[line], ends[line]));
}

test('lines, the same as of a split text, however many and however short', () => {
  const line = fc.stringMatching(/^[a-z漢 ]{0,6}$/);
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 3000, size: 'max' }),
      fc.boolean(),
      (lines, windows) => {
        const end = windows ? '\r\n' : '\n';
        expect(textsOf(lines.map((each) => each + end).join(''))).toEqual(lines);
      },
    ),
    { numRuns: 30 },
  );
});

test('a last line without its newline, taken as a line', () => {
  expect(textsOf('one\ntwo')).toEqual(['one', 'two']);
  expect(textsOf('')).toEqual([]);
});
