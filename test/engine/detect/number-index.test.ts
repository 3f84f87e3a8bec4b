import { expect, test } from 'vitest';
import { NumberIndex } from '../../../src-main/engine/detect/intrusion/number-index.ts';

test('as many numbers as there is room for, each found with its row and no other', () => {
  const index = new NumberIndex(1000);
  const keys = Array.from({ length: 1000 }, (_, row) => (row - 500) * 65_537);
  keys.forEach((key, row) => index.set(key, row));
  expect(keys.map((key) => index.find(key))).toEqual(keys.map((_, row) => row));
  expect(index.find(1)).toBe(-1);
  index.clear();
  expect(index.find(keys[7] ?? 0)).toBe(-1);
});
