import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstPlace } from '../../../src-main/engine/flow/first-place.ts';

test('The first place of an empty text is none', () => {
  expect(firstPlace(Buffer.from('a'), 0, 1, '')).toBe(-1);
});

test('The first place of a text among bytes, wherever the range begins and ends, is what a text search finds', () => {
  const piece = fc.constantFrom('192.0.2.7', '2.7', ' ', 'port', '::1', 'a', '7', 'é');
  const line = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(line, piece, fc.nat(20), fc.nat(20), (text, wanted, before, after) => {
      const bytes = Buffer.from(text, 'latin1');
      const to = Math.max(before, bytes.length - after);
      const found = text.slice(before, to).indexOf(wanted);
      expect(firstPlace(bytes, before, to, wanted)).toBe(found < 0 ? -1 : before + found);
    }),
  );
});
