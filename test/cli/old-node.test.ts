import { expect, test } from 'vitest';
import { tooOld } from '../../src-main/cli/old-node.ts';

test.each(['20.20.2', '22.14.0', '23.7.1', '18.0.0'])('Node %s, told what to run instead', (version) => {
  expect(tooOld(version)).toContain(`Node ${version}`);
  expect(tooOld(version)).toContain('node_modules/.bin/node');
});

test.each(['22.15.0', '23.8.0', '24.0.0', '26.1.0'])('Node %s, taken', (version) => {
  expect(tooOld(version)).toBeUndefined();
});
