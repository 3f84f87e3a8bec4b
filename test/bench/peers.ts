import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateAccessLog, generateAuthLog } from './log-generator.ts';

/*
 * Yagura beside the programs whose users would otherwise use them, on the same file in the same run. They do different
 * amounts of work: fail2ban-regex matches one filter, GoAccess parses and counts, lnav indexes, ripgrep only looks;
 * Yagura reads, parses, detects, masks, mines patterns and stores, durable and searchable. Ratios, as absolute times say
 * more about the machine. A program that is not installed is left out.
 */

const COMMAND = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));
const LINES = 300_000;
const directory = mkdtempSync(join(tmpdir(), 'yagura-peers-'));

interface Cost {
  wall: number;
  cpu: number;
}

/** Wall and processor seconds of a program with all its threads; undefined where it is not installed or fails. */
function cost(program: string, parameters: string[]): Cost | undefined {
  const begun = performance.now();
  // The shell's own clock for its children; the program and its arguments are never part of the script's text.
  const run = spawnSync(
    'bash',
    ['-c', '"$@" > /dev/null 2>&1; echo "exit $?"; times', 'bash', program, ...parameters],
    {
      encoding: 'utf8',
      timeout: 600_000,
    },
  );
  const wall = (performance.now() - begun) / 1000;
  const [status = '', , children = ''] = run.stdout.trim().split('\n');
  const [user = 0, system = 0] = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  // ripgrep answers 1 where it found nothing.
  return status === 'exit 0' || (program === 'rg' && status === 'exit 1')
    ? { wall, cpu: user + system }
    : undefined;
}

function installed(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}

const rows: Record<string, Record<string, string>> = {};

function compare(work: string, ours: Cost | undefined, program: string, parameters: string[]): void {
  if (ours === undefined || !installed(program)) return;
  const theirs = cost(program, parameters);
  if (theirs === undefined) return;
  rows[`${work}: ${program}`] = {
    'its wall s': theirs.wall.toFixed(2),
    'our wall s': ours.wall.toFixed(2),
    'wall, ours to its': (ours.wall / theirs.wall).toFixed(2),
    'its CPU s': theirs.cpu.toFixed(2),
    'our CPU s': ours.cpu.toFixed(2),
    'CPU, ours to its': (ours.cpu / theirs.cpu).toFixed(2),
  };
}

try {
  const start = Date.now() - 86_400_000;
  const access = generateAccessLog(join(directory, 'access.log'), {
    lines: LINES,
    start,
    attackShare: 0.02,
    stepMs: 50,
  }).path;
  const auth = generateAuthLog(join(directory, 'auth.log'), {
    lines: LINES,
    start,
    attackShare: 0.02,
    stepMs: 50,
  }).path;
  const data = join(directory, 'data');
  const ours = (parameters: string[]): Cost | undefined => cost(process.execPath, [COMMAND, ...parameters]);

  const readAuth = ours(['ingest', auth, '--data', data, '--json']);
  compare('read 300,000 sign-in lines', readAuth, 'fail2ban-regex', [
    auth,
    '/etc/fail2ban/filter.d/sshd.conf',
  ]);
  compare('read 300,000 sign-in lines', readAuth, 'lnav', [
    '-n',
    '-c',
    ';SELECT count(*) FROM syslog_log',
    auth,
  ]);
  const readAccess = ours(['ingest', access, '--data', data, '--json']);
  compare('read 300,000 access lines', readAccess, 'goaccess', [
    access,
    '--log-format=COMBINED',
    '--no-progress',
    '-o',
    join(directory, 'report.json'),
  ]);
  compare('read 300,000 access lines', readAccess, 'lnav', [
    '-n',
    '-c',
    ';SELECT count(*) FROM access_log',
    access,
  ]);

  const address = execFileSync('sed', ['-n', '12345s/ .*//p', access], { encoding: 'utf8' }).trim();
  for (const [what, text] of [
    ['a rare address', address],
    ['an absent word', 'zanzibarquay'],
  ] as const) {
    const search = ours(['search', text, '--count', '--data', data]);
    compare(`count ${what} (with our start)`, search, 'rg', ['-c', '-i', '-F', text, access, auth]);
  }
  console.table(rows);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
