import { expect, test } from 'vitest';
import { READING_CALLS, WRITING_CALLS } from '../../../src-main/engine/api/read-only.ts';
import { contract } from '../../../src-preload/contract/index.ts';

test('Every call of the contract, is known to write or to read', () => {
  const calls = Object.entries(contract).flatMap(([area, each]) =>
    Object.keys(each).map((name) => `${area}.${name}`),
  );
  expect([...WRITING_CALLS, ...READING_CALLS].sort()).toEqual(calls.sort());
});
