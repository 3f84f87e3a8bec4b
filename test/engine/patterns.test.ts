import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLogs } from '../../src-main/engine/offline.ts';
import { startReading } from './reading.ts';

test('lines that are read have patterns, found by their id; secrets and known names are in none', async () => {
  const reading = startReading();
  const file = join(reading.directory, 'tower.log');
  const stamp = '2026-11-20 09:00:00 INFO';
  const lines = Array.from({ length: 3000 }, (_, n) =>
    n % 3 === 0 ? `${stamp} lamp ${n} lit` : `${stamp} oil is low`,
  );
  lines.push(`${stamp} keeper came with password=hunterhunter today`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  const auth = join(reading.directory, 'auth.log');
  const secure = 'Nov 20 09:00:01 desk sshd[7]: Failed password for maximilian from 192.0.2.1 port 22 ssh2';
  writeFileSync(auth, `${secure}\n`);
  await reading.ingest([file, auth], { year: 2026 });

  const logs = openLogs(reading.data, () => undefined);
  const range = { from: Date.UTC(2026, 10, 20), to: Date.UTC(2026, 10, 21) };
  const filter = { text: '', regex: false };
  const { patterns, total } = logs.patterns(filter, range, 100, { cancelled: false });
  expect(total).toBe(4);
  expect(patterns.slice(0, 2)).toMatchObject([
    { template: 'oil is low', count: 2000, level: 6, isNew: false },
    { template: 'lamp <*> lit', count: 1000 },
  ]);
  const texts = patterns.map(({ template }) => template).join('\n');
  expect(texts).toContain('Failed password for <*> from <*> port <*>');
  expect(texts).toContain('keeper came with password=');
  expect(texts).not.toMatch(/hunter|maximilian/);
  const oil = patterns[0]?.id ?? '';
  expect(logs.count({ ...filter, text: `pattern:${oil}` }, { cancelled: false }).count).toBe(2000);
  expect(logs.count({ ...filter, withoutPatterns: [oil] }, { cancelled: false }).count).toBe(1002);
  logs.close();
});
