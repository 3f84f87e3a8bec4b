import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeDirectory } from '../../src-main/engine/store/data-directory.ts';
import { generateAccessLog } from '../bench/log-generator.ts';
import { pick, seededRandom } from '../bench/random.ts';
import { runCli } from './run-cli.ts';

let directory: string;
let log: string;
let data: string;
let lines: string[];

/** What a count must find: lines that hold the word, whatever its case, as `rg -i -F` does. */
function countedByHand(word: string): number {
  const escaped = new RegExp(word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'iu');
  return lines.filter((line) => escaped.test(line)).length;
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-cli-'));
  log = join(directory, 'access.log');
  data = join(directory, 'data');
  generateAccessLog(log, { lines: 3000, start: Date.UTC(2026, 4, 1), stepMs: 2000 });
  const hostile =
    '2026-05-01 12:00:00,000 - desk - WARNING - title \u001b]0;owned\u0007 約定 Straße İstanbul\n';
  writeFileSync(log, readFileSync(log, 'utf8') + hostile);
  lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  expect(runCli(['ingest', log, '--data', data, '--json']).code).toBe(0);
});

afterAll(() => rmSync(directory, { recursive: true }));

describe('yagura', () => {
  it.each(['run', 'ingest', 'search', 'scan', 'explain', 'audit', 'bundle'])(
    '%s explains itself and ends with 0',
    (command) => {
      const { code, stdout } = runCli([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`yagura ${command}`);
    },
  );

  it.each([
    [['frobnicate']],
    [['search']],
    [['scan', '--year', '26', 'x']],
    [['search', 'x', '--from', 'yesterday']],
  ])('ends with 2, used wrongly: %j', (args) => {
    const { code, stderr } = runCli([...args]);
    expect(code).toBe(2);
    expect(stderr.length).toBeGreaterThan(10);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    [['ingest', '/nowhere/at/all.log', '--data', '/tmp/unused-yagura']],
    [['scan', '/nowhere/at/all.log']],
    [['search', 'x', '--data', '/nowhere/at/all']],
    [['search', '(', '--regex', '--data', 'DATA']],
  ])('ends with 3 and a sentence, given what it can’t use: %j', (args) => {
    const { code, stderr } = runCli(args.map((argument) => (argument === 'DATA' ? data : argument)));
    expect(code).toBe(3);
    expect(stderr).toMatch(/^yagura: [^\n]{10,}/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('ends with 4 and says who has the data directory, when an engine does', () => {
    const held = join(directory, 'held');
    const lock = takeDirectory(held, Date.now());
    for (const args of [
      ['ingest', log, '--data', held],
      ['run', '--data', held],
    ]) {
      const { code, stderr } = runCli(args);
      expect(code).toBe(4);
      expect(stderr).toContain(String(process.pid));
    }
    lock.release();
  });
});

describe('yagura ingest', () => {
  it('stores nothing twice, given the same file again', () => {
    const { code, stdout, stderr } = runCli(['ingest', log, '--data', data, '--json']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ stored: 0 });
    expect(runCli(['search', '', '--data', data, '--count']).stdout.trim()).toBe(String(lines.length));
  });

  it('reports lines, bytes, time, processor and disk', () => {
    const report: Record<string, number> = JSON.parse(
      runCli(['ingest', log, '--data', join(directory, 'fresh'), '--json']).stdout,
    );
    expect(report['lines']).toBe(lines.length);
    expect(report['bytes']).toBe(readFileSync(log).length);
    for (const field of [
      'wallSeconds',
      'cpuSeconds',
      'diskBytes',
      'linesPerSecond',
      'linesPerCpuSecond',
      'findings',
    ]) {
      expect(report[field], field).toBeGreaterThan(0);
    }
  });
});

describe('yagura search', () => {
  it('counts what a plain look through the file counts, for words taken anywhere from its lines', () => {
    const random = seededRandom(5);
    const words = new Set(['約定', 'straße', 'GET /', '"-"', 'i', '.0', 'NIKKEI', 'zzzz-not-there']);
    while (words.size < 16) {
      const line = pick(random, lines);
      const from = Math.floor(random() * line.length);
      const word = line.slice(from, from + 2 + Math.floor(random() * 8)).trim();
      if (!/["\s-]/.test(word) && word.length > 1) words.add(random() < 0.5 ? word.toUpperCase() : word);
    }
    for (const word of words) {
      const { stdout } = runCli(['search', `"${word.replaceAll('"', '')}"`, '--data', data, '--count']);
      expect(Number(stdout), word).toBe(countedByHand(word.replaceAll('"', '')));
    }
  }, 60_000);

  it('agrees with ripgrep, where it is installed', () => {
    const { status } = spawnSync('rg', ['--version']);
    for (const word of ['nikkei', '約定', 'chrome/1', 'İstanbul']) {
      // Without ripgrep the count by hand is the judge: both say the same where there are both.
      const judge =
        status === 0
          ? Number(
              spawnSync('rg', ['-i', '-F', '-c', '--', word, log], { encoding: 'utf8' }).stdout.trim() || '0',
            )
          : countedByHand(word);
      expect(Number(runCli(['search', word, '--data', data, '--count']).stdout), word).toBe(judge);
    }
  });

  it('prints newest lines in order, with control characters made visible', () => {
    const { stdout } = runCli(['search', 'owned', '--data', data]);
    expect(stdout).toContain('\\x1b]0;owned\\x07');
    expect(stdout).not.toContain('\u001b');
    const all = runCli(['search', '', '--data', data, '--limit', '50']).stdout.trimEnd().split('\n');
    expect(all).toHaveLength(50);
    expect(all).toEqual([...all].sort((a, b) => (a.slice(0, 24) < b.slice(0, 24) ? -1 : 0)));
  });

  it('prints one JSON object a line, with --json', () => {
    const rows = runCli(['search', 'nikkei', '--data', data, '--json', '--limit', '5'])
      .stdout.trimEnd()
      .split('\n');
    expect(rows).toHaveLength(5);
    for (const row of rows)
      expect(JSON.parse(row)).toMatchObject({ id: expect.any(String), severity: 'info', source: log });
  });
});

describe('yagura scan', () => {
  it('ends with 1 only when told to fail on what it found', () => {
    expect(runCli(['scan', log, '--csv']).code).toBe(0);
    expect(runCli(['scan', log, '--csv', '--fail-on', 'error']).code).toBe(1);
  });

  it('gives rows and objects as documented', () => {
    const [header, first] = runCli(['scan', log, '--csv']).stdout.split('\n');
    expect(header).toBe('line,time,format,event,category,address,user,rule');
    expect(first?.split(',').length).toBeGreaterThanOrEqual(8);
    const [finding] = runCli(['scan', log, '--jsonl']).stdout.split('\n');
    expect(JSON.parse(finding ?? '')).toMatchObject({
      type: expect.any(String),
      ips: expect.any(Array),
      time: expect.stringMatching(/Z$/),
      line: expect.any(Number),
    });
  });
});

describe('The terminal’s words', () => {
  it('are Japanese in a Japanese terminal', () => {
    expect(
      runCli(['ingest', '/nowhere.log', '--data', join(directory, 'x')], { language: 'ja_JP.UTF-8' }).stderr,
    ).toContain('ありません');
  });
});
