import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findInstallation } from '../../src-main/installation.ts';
import { scanCommand } from '../../src-main/cli/scan.ts';
import { searchCommand } from '../../src-main/cli/search.ts';
import { printedBy } from './printed-by.ts';
import { runCli } from './run-cli.ts';

const installation = findInstallation(new URL('../../src-main/cli/index.ts', import.meta.url).href);
let directory = '';
let log = '';
let data = '';

const LINES = [
  ...Array.from(
    { length: 12 },
    (_, index) =>
      `2026-11-21T09:00:${String(index + 10)}Z desk01 sshd[7]: Failed password for watanabe from 198.51.100.7 port 4${index} ssh2`,
  ),
  '2026-11-21T09:05:00Z desk01 app[1]: watanabe ordered ID-77 on account 1234567',
];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-masking-'));
  log = join(directory, 'auth.log');
  data = join(directory, 'data');
  writeFileSync(log, `${LINES.join('\n')}\n`);
  expect(runCli(['ingest', log, '--data', data]).code).toBe(0);
  writeFileSync(
    join(data, 'settings.yaml'),
    'masking: {rules: [{kind: pattern, name: order, pattern: "ID-(\\\\d+)"}]}\n',
  );
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const search = (...parameters: string[]): Promise<string> =>
  printedBy(searchCommand(installation), ...parameters, '--data', data, '--from', '2026-11-01T00:00:00Z');

describe('yagura search --mask', () => {
  it('prints lines without personal data and what the user’s rules find, whatever the form', async () => {
    for (const form of [['--csv'], ['--jsonl'], []]) {
      const text = await search('--mask', 'desk01', ...form);
      for (const gone of ['watanabe', '198.51.100.7', 'ID-77', '1234567']) expect(text).not.toContain(gone);
      expect(text).toContain('ID-[masked:order]');
      expect(text).toContain('Failed password for user-');
    }
    expect(await search('desk01')).toContain('watanabe');
  });

  it('keeps what it is told to keep', async () => {
    const text = await search('--mask', '--keep', 'address,account', 'desk01');
    expect(text).toContain('198.51.100.7');
    expect(text).toContain('account 1234567');
    expect(text).not.toContain('watanabe');
  });

  it('names one person alike in every run', async () => {
    const name = (text: string): string | undefined => /user-[0-9a-f]{8}/.exec(text)?.[0];
    const first = name(await search('--mask', 'password'));
    expect(first).toBeDefined();
    expect(name(await search('--mask', '--csv', 'password'))).toBe(first);
  });

  it('refuses a kind that is none, and --keep alone', async () => {
    await expect(search('--mask', '--keep', 'names', 'x')).rejects.toThrow('none of user');
    await expect(search('--keep', 'user', 'x')).rejects.toThrow('--keep needs --mask');
  });
});

describe('yagura scan --mask', () => {
  it('names addresses and users by pseudonyms in every form', async () => {
    for (const form of [['--csv'], ['--jsonl'], []]) {
      const text = await printedBy(scanCommand(installation), log, '--mask', ...form);
      expect(text).not.toContain('watanabe');
      expect(text).not.toContain('198.51.100.7');
      expect(text).toMatch(/2[45]\d\.\d+\.\d+\.\d+/);
    }
    const kept = await printedBy(scanCommand(installation), log, '--mask', '--keep', 'address', '--csv');
    expect(kept).toContain('198.51.100.7');
    expect(kept).not.toContain('watanabe');
  });
});
