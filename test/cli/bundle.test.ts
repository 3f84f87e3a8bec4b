import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const RANGE = '2026-10-01T00:00:00Z..2026-10-02T00:00:00Z';
let directory: string;
let data: string;

/** A morning at the office, and somebody who tries passwords. */
const LINES = [
  ...Array.from(
    { length: 20 },
    (_, index) =>
      `2026-10-01T09:00:${String(index + 10)}Z desk01 sshd[7]: Failed password for watanabe from 198.51.100.7 port 4${index} ssh2`,
  ),
  '2026-10-01T09:05:00Z desk01 app[1]: order by watanabe from 192.168.4.20, confirmation to watanabe@example.co.jp',
  '2026-10-01T09:06:00Z desk01 app[1]: 約定 7203 100株 password=hunter2secret',
];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-bundle-'));
  data = join(directory, 'data');
  writeFileSync(join(directory, 'auth.log'), `${LINES.join('\n')}\n`);
  expect(runCli(['ingest', join(directory, 'auth.log'), '--data', data]).code).toBe(0);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function create(name: string, ...more: string[]): ReturnType<typeof runCli> {
  return runCli([
    'bundle',
    'create',
    '--data',
    data,
    '--out',
    join(directory, name),
    '--range',
    RANGE,
    ...more,
  ]);
}

describe('yagura bundle', () => {
  it('create, holds the findings and lines of the range, without names and secrets', () => {
    const { code, stdout, stderr } = create('plain.zip', '--json');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { manifest } = JSON.parse(stdout) as { manifest: { files: { name: string; items: number }[] } };
    const items = Object.fromEntries(manifest.files.map(({ name, items: count }) => [name, count]));
    expect(items).toMatchObject({ 'logs.jsonl': 22, 'findings.jsonl': 2, 'audit.jsonl': 0 });
    const files = unzipSync(readFileSync(join(directory, 'plain.zip')));
    const text = Object.values(files)
      .map((content) => Buffer.from(content).toString('utf8'))
      .join('\n');
    for (const gone of ['watanabe', '192.168.4.20', 'hunter2secret']) expect(text).not.toContain(gone);
    for (const kept of ['198.51.100.7', '約定 7203', 'Failed password for user-'])
      expect(text).toContain(kept);
  });

  it('open, a bundle of another copy, gives a directory that search reads', () => {
    const into = join(directory, 'opened');
    const { code, stdout } = runCli([
      'bundle',
      'open',
      join(directory, 'plain.zip'),
      '--into',
      into,
      '--json',
    ]);
    expect(code).toBe(0);
    const opened = (JSON.parse(stdout) as { directory: string }).directory;
    expect(runCli(['search', 'Failed', '--count', '--data', opened]).stdout).toBe('20\n');
    expect(runCli(['search', '約定', '--data', opened]).stdout).toContain('7203');
    // Opened again, the one before makes room: nobody looks at it.
    runCli(['bundle', 'open', join(directory, 'plain.zip'), '--into', into]);
    expect(readdirSync(into)).toHaveLength(1);
  });

  it('create and open, with a passphrase, only with the right one', () => {
    writeFileSync(join(directory, 'right'), 'correct horse\n');
    writeFileSync(join(directory, 'wrong'), 'battery staple\n');
    const key = (name: string): string[] => ['--passphrase-file', join(directory, name)];
    expect(create('secret.yagura-bundle', ...key('right')).code).toBe(0);
    const file = join(directory, 'secret.yagura-bundle');
    expect(readFileSync(file).includes(Buffer.from('manifest'))).toBe(false);
    const open = (...more: string[]): ReturnType<typeof runCli> =>
      runCli(['bundle', 'open', file, '--into', join(directory, 'secret'), ...more]);
    expect(open()).toMatchObject({ code: 3, stderr: expect.stringContaining('Enter its passphrase') });
    expect(open(...key('wrong'))).toMatchObject({ code: 3, stderr: expect.stringContaining('does not fit') });
    expect(open(...key('right')).code).toBe(0);
  });

  it('open, a file that is none, says so', () => {
    const { code, stderr } = runCli([
      'bundle',
      'open',
      join(directory, 'auth.log'),
      '--into',
      join(directory, 'none'),
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain('no bundle of Yagura');
  });

  it('create, over a file that is there, leaves it', () => {
    writeFileSync(join(directory, 'there.zip'), 'mine');
    expect(create('there.zip').code).toBe(3);
    expect(readFileSync(join(directory, 'there.zip'), 'utf8')).toBe('mine');
  });

  it('create, is taken down in the audit trail', () => {
    expect(runCli(['audit', 'list', '--data', data]).stdout).toContain('Bundle made');
  });
});
