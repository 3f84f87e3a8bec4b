import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const START = Date.UTC(2026, 10, 20, 9);
const RANGE = '2026-11-20T00:00:00Z..2026-11-21T00:00:00Z';

let directory: string;
const inside = (...parts: string[]): string => join(directory, ...parts);
const data = (): string[] => ['--data', inside('data')];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-report-cli-'));
  const lines = Array.from({ length: 40 }, (_, index) => {
    const stamp = new Date(START + index * 1000).toISOString().slice(11, 19);
    return `Nov 20 ${stamp} gw sshd[77]: Failed password for invalid user tanaka from 203.0.113.42 port ${50000 + index} ssh2\n`;
  });
  writeFileSync(inside('auth.log'), lines.join(''));
  const { code, stderr } = runCli(['ingest', inside('auth.log'), ...data(), '--tz', 'UTC', '--year', '2026']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const report = (...args: string[]) => runCli(['report', '--range', RANGE, '--lang', 'en', ...args]);

describe('yagura report without an engine', () => {
  it('writes what its ending says, and tells what it wrote', () => {
    const { code, stderr } = report('--out', inside('r.json'), ...data());
    expect(code).toBe(0);
    expect(stderr).toMatch(/r\.json: [\d,]+ bytes, [\d,]+ ms\n.*attack/);
    const written: unknown = JSON.parse(readFileSync(inside('r.json'), 'utf8'));
    expect(written).toMatchObject({ format: 'yagura-report-1', kind: 'security', sight: { lines: 40 } });
    expect(statSync(inside('r.json')).mode & 0o777).toBe(0o600);
  });

  it('a PDF has the counts of the data', () => {
    const { code, stdout } = report('--out', inside('r.pdf'), '--json', ...data());
    expect(code).toBe(0);
    const told = JSON.parse(stdout) as { pages: number; contentHash: string; bytes: number };
    expect(told.pages).toBeGreaterThan(2);
    expect(told.bytes).toBe(statSync(inside('r.pdf')).size);
    const { threats } = JSON.parse(readFileSync(inside('r.json'), 'utf8')) as {
      threats: {
        events: number;
        findings: number;
        byType: { type: string; events: number; findings: number; addresses: number }[];
      };
    };
    expect(threats.findings).toBeGreaterThan(0);
    const text = spawnSync('pdftotext', ['-layout', inside('r.pdf'), '-'], { encoding: 'utf8' }).stdout;
    const flat = text.replaceAll(/\s+/g, ' ');
    for (const { events, findings, addresses } of threats.byType)
      expect(flat).toMatch(new RegExp(`${findings} ${events} ${addresses} `));
    expect(flat).toContain('Most dangerous address: 203.0.113.42');
    expect(flat).toContain(told.contentHash.slice(0, 4));
    expect(flat).not.toContain('tanaka');
  });

  it.each([
    ['security', 'pdf'],
    ['logs', 'html'],
    ['health', 'pdf'],
    ['alerts', 'csv'],
  ])('writes a %s report as %s of a directory that does not exist, and makes none', (kind, format) => {
    const out = inside(`empty-${kind}.${format}`);
    const { code, stderr } = report('--out', out, '--kind', kind, '--data', inside('nowhere'));
    expect(stderr).toContain('Not watched');
    expect(code).toBe(0);
    expect(statSync(out).size).toBeGreaterThan(50);
    expect(existsSync(inside('nowhere'))).toBe(false);
  });

  it('writes Japanese where asked', () => {
    expect(report('--out', inside('ja.html'), '--lang', 'ja', ...data()).code).toBe(0);
    expect(readFileSync(inside('ja.html'), 'utf8')).toContain('セキュリティ報告書');
  });

  it('writes to standard output', () => {
    const { stdout, code } = report('--out', '-', '--format', 'csv', ...data());
    expect(code).toBe(0);
    expect(stdout).toContain('first_time');
  });

  it('keeps names only when told to', () => {
    report('--out', inside('plain.csv'), '--plain-names', ...data());
    expect(readFileSync(inside('plain.csv'), 'utf8')).toContain('tanaka');
  });

  it('encrypts a PDF with the first line of a file, and nothing else', () => {
    writeFileSync(inside('password'), 'correct horse\nsecond line\n');
    const encrypted = report('--out', inside('locked.pdf'), '--password-file', inside('password'), ...data());
    expect(encrypted.code).toBe(0);
    const open = (password: string) =>
      spawnSync('pdftotext', ['-upw', password, inside('locked.pdf'), '-'], { encoding: 'utf8' });
    expect(open('correct horse').stdout).toContain('Security report');
    expect(open('another one').status).not.toBe(0);
    expect(report('--out', inside('x.json'), '--password-file', inside('password'), ...data()).code).toBe(2);
    writeFileSync(inside('short'), 'short');
    expect(report('--out', inside('x.pdf'), '--password-file', inside('short'), ...data()).code).toBe(3);
  });

  it.each([
    ['a range that is none', ['--range', 'yesterday', '--out', 'x.json'], 2, /is not a range/],
    [
      'a range that ends before it begins',
      ['--range', '2026-11-21..2026-11-20', '--out', 'x.json'],
      2,
      /range/,
    ],
    ['an ending that is none', ['--out', 'x.doc'], 2, /--format/],
    ['a kind that is none', ['--kind', 'weather', '--out', 'x.json'], 2, /weather/],
    ['no file', [], 2, /--out/],
    ['a file that can’t be written', ['--out', '/nowhere/x.json'], 3, /can't be written \(ENOENT\)/],
    [
      'a password file that is not there',
      ['--out', 'x.pdf', '--password-file', '/nowhere'],
      3,
      /There is no file \/nowhere/,
    ],
  ])('%s is refused with a reason', (_, args, expected, reason) => {
    const { code, stderr } = runCli(['report', ...args, ...data()]);
    expect(stderr).toMatch(reason);
    expect(code).toBe(expected);
  });
});

describe('yagura report with a running engine', () => {
  let engine: ChildProcess;
  beforeAll(async () => {
    writeFileSync(inside('data', 'settings.yaml'), 'logs:\n  discover: false\n');
    engine = spawn(process.execPath, ['src-main/cli/index.ts', 'run', ...data()], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    });
    await once(engine.stdout!, 'data');
  }, 30_000);
  afterAll(async () => {
    if (engine.exitCode !== null) return;
    engine.kill('SIGTERM');
    await once(engine, 'exit');
  });

  it('lets it make the report, which then is in its library and in the audit trail', () => {
    const { code, stdout } = report('--out', inside('live.pdf'), '--json', ...data());
    expect(code).toBe(0);
    const told = JSON.parse(stdout) as { sha256: string; pages: number };
    expect(told.pages).toBeGreaterThan(2);
    const [kept] = readdirSync(inside('data', 'reports')).filter((name) => name.endsWith('.pdf'));
    expect(readFileSync(inside('data', 'reports', kept!))).toEqual(readFileSync(inside('live.pdf')));
    expect(readdirSync(inside('data', 'reports')).filter((name) => name.endsWith('.part'))).toEqual([]);
    const audit = runCli(['audit', 'list', '--json', ...data()]).stdout;
    expect(audit).toContain('"action":"reportMade"');
  }, 30_000);

  it('knows what the engine sees of its sources', () => {
    expect(report('--out', inside('live.json'), ...data()).code).toBe(0);
    const written = JSON.parse(readFileSync(inside('live.json'), 'utf8')) as {
      sight: { sources: unknown[] };
    };
    expect(written.sight.sources).toMatchObject([{ kind: 'host' }]);
  });
});
