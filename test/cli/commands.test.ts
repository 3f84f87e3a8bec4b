import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findInstallation } from '../../src-main/installation.ts';
import { quoted } from '../../src-preload/contract/query/print.ts';
import { openLogs } from '../../src-main/engine/offline.ts';
import { generateAccessLog } from '../bench/log-generator.ts';
import { pick, seededRandom } from '../bench/random.ts';

const COMMAND = fileURLToPath(new URL('../../src-main/cli/index.ts', import.meta.url));
const COMMANDS = ['run', 'ingest', 'search', 'scan', 'explain'];
const WORDS = 300;
const LINES = 4000;

let directory = '';
let data = '';
let log = '';
let first: ReturnType<typeof yagura>;

function yagura(
  parameters: string[],
  language = 'en_US.UTF-8',
): { code: number | null; out: string; error: string } {
  const result = spawnSync(process.execPath, [COMMAND, ...parameters], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: language, TZ: 'UTC', YAGURA_DATA: join(directory, 'default') },
  });
  return { code: result.status, out: result.stdout, error: result.stderr };
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-cli-'));
  data = join(directory, 'data');
  log = join(directory, 'access.log');
  generateAccessLog(log, { lines: LINES, start: Date.now() - 3_600_000, stepMs: 100 });
  const stamp = new Date().toISOString();
  const more = [
    `${stamp} desk feed[7]: 約定 エラー 板情報 ＡＢＣ Straße İstanbul ΣΊΣΥΦΟΣ`,
    `${stamp} desk feed[7]: hostile \u001b]0;title\u0007 \u001b[2J \u009b31m \u202eevil`,
    `${stamp} desk feed[7]: foo.bar/baz?a=b&c="d" <script>alert(1)</script>`,
  ];
  appendFileSync(log, `${more.join('\n')}\n`);
  first = yagura(['ingest', log, '--data', data, '--json']);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('ingest', () => {
  it('prints its totals as JSON, nothing else on stdout, and a second time stores nothing', () => {
    expect(first.code, first.error).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({ lines: LINES + 3, stored: LINES + 3 });
    expect(first.error).toBe('');
    const second = yagura(['ingest', log, '--data', data, '--json']);
    expect(JSON.parse(second.out)).toMatchObject({ stored: 0 });
    expect(yagura(['search', '', '--data', data, '--count']).out).toBe(`${LINES + 3}\n`);
  });

  it('refuses a packed file with words rather than storing its bytes', () => {
    const packed = join(directory, 'old.log.xz');
    writeFileSync(packed, 'not unpacked\n');
    const refused = yagura(['ingest', packed, '--data', join(directory, 'packed')]);
    expect(refused.code).toBe(3);
    expect(refused.error).toContain(packed);
    expect(refused.error).not.toContain('engine.');
  });

  it('ends and says what is in the way, where the store has no place for logs', () => {
    const taken = join(directory, 'taken');
    mkdirSync(taken);
    writeFileSync(join(taken, 'logs'), 'a file of that name\n');
    const refused = yagura(['ingest', log, '--data', taken]);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.error).toContain(join(taken, 'logs'));
  });

  it('says which file is missing, with exit code 3', () => {
    const missing = join(directory, 'none.log');
    const refused = yagura(['ingest', missing, '--data', join(directory, 'missing')]);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.error).toContain(missing);
  });
});

describe('search', () => {
  it('counts for hundreds of words what ripgrep counts on the same lines', () => {
    const random = seededRandom(5);
    const lines = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => !line.includes('\u001b'));
    const words = new Set(['約定', 'エラー', 'STRASSE', 'straße', 'bar/baz', 'script>al', 'ａｂｃ', 'b&c=']);
    while (words.size < WORDS) {
      const line = pick(random, lines);
      const from = Math.floor(random() * line.length);
      const word = line.slice(from, from + 1 + Math.floor(random() * 14));
      if (word === '' || /[\ud800-\udfff]/.test(word)) continue;
      words.add(random() < 0.5 ? word.toUpperCase() : word);
    }
    const logs = openLogs(data, (problem) => {
      throw new Error(JSON.stringify(problem));
    });
    const different: unknown[] = [];
    for (const word of words) {
      const { count } = logs.count({ text: quoted(word), regex: false }, { cancelled: false });
      const expected = ripgrep(word);
      if (count !== expected) different.push({ word, count, expected });
    }
    logs.close();
    expect(different).toEqual([]);
  });

  it('prints one JSON object a line', () => {
    const { out, code } = yagura(['search', '約定 feed', '--data', data, '--json']);
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toMatchObject([{ text: expect.stringContaining('板情報') }]);
  });

  it('prints CSV that a spreadsheet neither breaks nor runs, and takes its argument as one text if told', () => {
    const { out } = yagura(['search', '約定', '--data', data, '--csv', '--limit', '1']);
    expect(out.split('\n')[0]).toBe('time,severity,source,address,id,text');
    expect(out.trim().split('\n')).toHaveLength(2);
    expect(yagura(['search', '約定 OR', '-F', '--count', '--data', data])).toMatchObject({
      code: 0,
      out: '0\n',
    });
    const refused = yagura(['search', '約定 OR', '--count', '--data', data]);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.error).toContain('At character 6 a word');
  });

  it('counts lines by every kind of question, whatever of the program it takes', () => {
    // A count loads no more of it than the question needs, a listing all.
    const queries = [
      'feed',
      'program:feed',
      'feed OR status:404',
      '-method:GET feed',
      '/f[e]+d/',
      'f*d',
      'c:1',
    ];
    for (const query of queries) {
      const { out } = yagura(['search', '--data', data, '--jsonl', '--limit', '100000', '--', query]);
      const counted = yagura(['search', '--data', data, '--count', '--', query]);
      expect(counted, query).toMatchObject({ code: 0, out: `${out.split('\n').length - 1}\n` });
    }
  });

  it('never lets a control character of a line reach the terminal', () => {
    const { out } = yagura(['search', 'hostile', '--data', data]);
    expect(out).toContain('hostile \\x1b]0;title\\x07');
    // Everything below blank but the line's end, and C1.
    expect(out.replaceAll('\n', '').match(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu)).toBeNull();
  });

  it('takes a bad expression and a bad time for usage or input faults, in words', () => {
    const expression = yagura(['search', '(', '--regex', '--data', data]);
    expect(expression.code).toBe(3);
    expect(expression.error).toMatch(/^yagura: \S+ \S+/);
    expect(yagura(['search', 'x', '--from', 'yesterday', '--data', data]).code).toBe(2);
    expect(yagura(['search', 'x', '--limit', 'many', '--data', data]).code).toBe(2);
    expect(yagura(['search', 'x'.repeat(5000), '--data', data]).code).toBe(3);
  });
});

describe('The command line', () => {
  it.each(COMMANDS)('%s explains itself with --help', (command) => {
    const { code, out } = yagura([command, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`yagura ${command}`);
  });

  it.each([
    [['nonsense']],
    [['search']],
    [['ingest']],
    [['scan', log, '--csv', '--jsonl']],
    [['ingest', '--what', log]],
  ])('takes %j for a usage fault, exit code 2', (parameters) => {
    expect(yagura(parameters)).toMatchObject({ code: 2, out: '' });
  });

  it('scan ends with 0 whatever it finds, with 1 only where --fail-on asks for it, with 3 for a missing file', () => {
    expect(yagura(['scan', log, '--jsonl']).code).toBe(0);
    expect(yagura(['scan', log, '--jsonl', '--fail-on', 'warning']).code).toBe(1);
    expect(yagura(['scan', join(directory, 'none.log'), '--csv']).code).toBe(3);
  });

  it('explain answers in the language of the terminal', () => {
    const line =
      '203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "GET /?q=<script>alert(1)</script> HTTP/1.1" 200 12 "-" "x"';
    expect(yagura(['explain', line], 'ja_JP.UTF-8').out).toMatch(/[\u3040-\u30ff]/);
    expect(yagura(['explain', line]).out).not.toMatch(/[\u3040-\u30ff]/);
    expect((): unknown => JSON.parse(yagura(['explain', line, '--json']).out)).not.toThrow();
    expect(yagura(['ingest', '/none'], 'ja_JP.UTF-8').error).toMatch(/[\u3040-\u30ff]/);
  });

  it('knows where the program lies', () => {
    expect(findInstallation(new URL('../../src-main/cli/index.ts', import.meta.url).href).version).toMatch(
      /^\d/,
    );
  });
});

function ripgrep(word: string): number {
  const { status, stdout } = spawnSync('rg', ['-i', '-F', '-a', '-c', '--', word, log], { encoding: 'utf8' });
  if (status !== 0 && status !== 1)
    throw new Error('ripgrep is needed for this test: apt-get install ripgrep');
  return Number(stdout.trim() || 0);
}
