import { expect, test } from 'vitest';
import { addressColumns } from '../../../src-main/engine/flow/stored-lines.ts';

test('Columns for addresses, of texts that come again, hold each once', () => {
  const { addresses, addressTable } = addressColumns(['::1', '', 'host', '::1']);
  expect(addressTable).toEqual(['::1', 'host']);
  expect([...addresses]).toEqual([-2, -1, -3, -2]);
});
