import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SourcePreview } from '../../src-preload/contract/log-sources.ts';
import { ConnectionLedger } from '../../src-main/engine/connection-ledger.ts';
import { previewSource, type PreviewedSource } from '../../src-main/engine/source-preview.ts';

const NOW = Date.UTC(2026, 10, 21, 9);
const WRITTEN = new Date(Date.UTC(2024, 11, 30));
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A look at a file of these lines, last written to at the end of 2024. */
async function look(text: string, said: Partial<PreviewedSource> = {}): Promise<SourcePreview> {
  const directory = mkdtempSync(join(tmpdir(), 'yagura-preview-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'app.log');
  writeFileSync(path, text);
  utimesSync(path, WRITTEN, WRITTEN);
  const clock = { now: () => NOW };
  return previewSource({ path, ...said }, { clock, outbound: new ConnectionLedger(clock) });
}

test('a look tells that lines name neither zone nor year, and where both are from then', async () => {
  const text = 'Dec 24 18:00:00 gw sshd[1]: Failed password for root\nDec 24 18:00:01 gw sshd[1]: bye\n';
  expect(await look(text)).toMatchObject({
    stamped: 2,
    zoneFrom: 'machine',
    timeZone: here,
    year: 2024,
    yearFrom: 'file',
  });
  const said = await look(text, { timeZone: 'Asia/Tokyo', year: 2021 });
  expect(said).toMatchObject({ zoneFrom: 'given', timeZone: 'Asia/Tokyo', year: 2021, yearFrom: 'given' });
  expect(said.lines[0]?.time).toBe(Date.UTC(2021, 11, 24, 9));
});

test('a look tells that lines name both, and that they do so against what is said', async () => {
  const text = '2023-05-01T10:00:00+09:00 INFO desk: open\n2023-05-01T10:00:01+09:00 INFO desk: done\n';
  expect(await look(text, { timeZone: 'Europe/Berlin', year: 2020 })).toMatchObject({
    zoneFrom: 'lines',
    year: 2023,
    yearFrom: 'lines',
  });
});

test('a look at lines without times tells of no year', async () => {
  const preview = await look('one\ntwo\n');
  expect(preview).toMatchObject({ stamped: 0, zoneFrom: 'machine' });
  expect(preview.year).toBeUndefined();
});
