import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { FindingStore } from '../../../src-main/engine/store/state/findings.ts';
import { CentreFixture, HOUR, START } from './centre-fixture.ts';

const NODE = join(import.meta.dirname, '../../../node_modules/.bin/node');
const CHILD = join(import.meta.dirname, 'accept-findings-child.ts');
let fixture: CentreFixture | undefined;
afterEach(() => fixture?.close());

/** Lets a child take findings in and kills it after so many. Returns the last it said was in. */
async function killedAfter(directory: string, count: number): Promise<number> {
  const child = spawn(NODE, [CHILD, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = -1;
  let rest = '';
  child.stdout.on('data', (bytes: Buffer) => {
    const lines = (rest + bytes.toString()).split('\n');
    rest = lines.pop() ?? '';
    last = Number(lines.at(-1) ?? last);
    if (last >= count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return last;
}

test('killed while findings are taken in, each is in once and there is exactly one alert', async () => {
  fixture = new CentreFixture();
  fixture.database.close();
  let inside = -1;
  for (const count of [0, 1, 25, 60]) inside = Math.max(inside, await killedAfter(fixture.directory, count));
  fixture.restart();
  const range = { from: START - HOUR, to: START + HOUR };
  const { total } = new FindingStore(fixture.database).page(range, undefined, 1);
  const [alert, ...others] = fixture.centre.active();
  expect(others).toEqual([]);
  expect(total).toBeGreaterThan(inside);
  // What the alert counts and what is kept were committed together.
  expect(alert?.count).toBe(total);
});
