import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli } from './run-cli.ts';

/** What a program may rely on. */
const outputSchema = z.object({
  id: z.string(),
  startedAt: z.iso.datetime(),
  durationMs: z.number().max(60_000),
  coverage: z.number().min(0).max(1),
  scores: z.object({
    security: z.object({ score: z.number().min(0).max(100), points: z.number(), maximum: z.number() }),
    performance: z.object({ score: z.number().min(0).max(100), points: z.number(), maximum: z.number() }),
  }),
  checks: z
    .array(
      z.object({
        id: z.string(),
        subject: z.string(),
        status: z.enum(['pass', 'fail', 'unknown', 'notApplicable']),
        severity: z.enum(['critical', 'error', 'warning', 'info']),
        weight: z.number().min(1),
        points: z.number().min(0),
        evidence: z.array(z.object({ text: z.string(), place: z.string().optional() })),
        title: z.string(),
        found: z.string(),
        why: z.string(),
        fix: z.object({ text: z.string(), command: z.string().optional() }).optional(),
        references: z.array(z.string()),
        keys: z.object({ title: z.object({ key: z.string() }), why: z.object({ key: z.string() }) }),
      }),
    )
    .min(25),
  difference: z
    .object({ unchanged: z.number(), changed: z.array(z.object({ checkId: z.string() })) })
    .optional(),
});
type Output = z.output<typeof outputSchema>;

let directory = '';
let data = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-diagnose-'));
  data = join(directory, 'data');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function diagnosed(args: string[], language?: string): Output {
  const { code, stdout, stderr } = runCli(
    ['diagnose', '--json', ...args],
    language === undefined ? {} : { language },
  );
  expect(code, stderr).toBe(0);
  return outputSchema.parse(JSON.parse(stdout));
}

/** No sentence is a bare key. */
function expectWords({ checks }: Output): void {
  for (const { id, title, found, why, fix } of checks)
    for (const sentence of [title, found, why, fix?.text ?? ''])
      expect(sentence, id).not.toMatch(/^(checks|diagnose)\./);
}

// A busy two-core machine starts a process in seconds.
const PATIENCE = { timeout: 60_000 };

describe('diagnose', PATIENCE, () => {
  it('gives checks, scores and coverage as one JSON object, its sums right, and keeps the run', () => {
    const first = diagnosed(['--data', data]);
    expectWords(first);
    const ran = first.checks.filter(({ status }) => status === 'pass' || status === 'fail');
    const { security, performance } = first.scores;
    for (const score of [security, performance])
      expect(score.score).toBe(Math.round((score.points * 100) / score.maximum));
    expect(security.maximum + performance.maximum).toBe(ran.reduce((sum, check) => sum + check.weight, 0));
    const byId = new Map(first.checks.map((check) => [check.id, check]));
    expect(byId.get('YGR-02')).toMatchObject({ status: 'pass' });
    expect(byId.get('YGR-01')).toMatchObject({ status: 'pass' });
    const second = diagnosed(['--data', data, '--compare'], 'ja_JP.UTF-8');
    expectWords(second);
    expect(second.difference).toBeDefined();
    expect(byId.get('YGR-04')?.title).not.toBe(second.checks.find((check) => check.id === 'YGR-04')?.title);
  });

  it('needs no network: in a network namespace of its own, which has none, all checks but those of others run', () => {
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      // A user without rights may make a network namespace only within a user namespace.
      [...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']), '--net', process.execPath].concat([
        'src-main/cli/index.ts',
        'diagnose',
        '--json',
        '--data',
        join(directory, 'offline'),
      ]),
      { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } },
    );
    expect(status, stderr).toBe(0);
    const offline = outputSchema.parse(JSON.parse(stdout));
    const online = diagnosed(['--data', data]);
    expect(offline.checks.map((check) => check.id)).toEqual(online.checks.map((check) => check.id));
    expect(offline.coverage).toBeGreaterThan(0.8);
  });

  it('finds a damaged store, shows only the subject asked for, and ends with 1 by --fail-on', () => {
    const damaged = join(directory, 'damaged');
    mkdirSync(join(damaged, 'logs', 'access'), { recursive: true });
    writeFileSync(join(damaged, 'logs', 'access', '2026-11-20.db'), 'this is no database at all');
    const { code, stdout } = runCli([
      'diagnose',
      '--data',
      damaged,
      '--json',
      '--only',
      'yagura',
      '--fail-on',
      'error',
    ]);
    expect(code).toBe(1);
    const { checks } = z
      .object({ checks: z.array(z.object({ id: z.string(), subject: z.string(), status: z.string() })) })
      .parse(JSON.parse(stdout));
    expect(checks.find((check) => check.id === 'YGR-01')).toMatchObject({ status: 'fail' });
    expect(new Set(checks.map((check) => check.subject))).toEqual(new Set(['yagura']));
  });

  it('still runs where nothing can be written, and says that nothing is kept', () => {
    const file = join(directory, 'a-file');
    writeFileSync(file, '');
    const { code, stdout, stderr } = runCli(['diagnose', '--data', join(file, 'data'), '--json']);
    expect(code, stderr).toBe(0);
    expect(outputSchema.parse(JSON.parse(stdout)).checks.length).toBeGreaterThan(20);
    expect(stderr).toContain('not kept');
  });

  it('prints for people: the sum behind each score, what to mend first, no control characters', () => {
    const { code, stdout } = runCli(['diagnose', '--data', data]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Security {2}\d+ \/ 100 .*÷ .* × 100/);
    expect(stdout).toContain('Fix first');
    expect(stdout).toContain('YGR-04');
    // eslint's no-control-regex is about mistakes; here they are what is looked for.
    expect(stdout.replaceAll('\n', '')).not.toMatch(new RegExp('[\\u0000-\\u001f]'));
  });

  it('prints one CSV row per check', () => {
    const { stdout } = runCli(['diagnose', '--data', data, '--csv']);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toBe('id,subject,score,status,severity,points,weight,title,found,evidence,fix,references');
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.every((row) => /^[A-Z]{2,4}-/.test(row))).toBe(true);
  });

  it('takes two formats or an unknown subject for a usage fault', () => {
    expect(runCli(['diagnose', '--json', '--csv']).code).toBe(2);
    expect(runCli(['diagnose', '--only', 'nonsense']).code).toBe(2);
  });
});

describe('diagnose beside a running engine', PATIENCE, () => {
  let engine: ChildProcess;
  const running = (): string => join(directory, 'running');

  beforeAll(async () => {
    engine = spawn(process.execPath, ['src-main/cli/index.ts', 'run', '--data', running()], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    if (engine.stdout === null) throw new Error('no output');
    await once(createInterface({ input: engine.stdout }), 'line');
  });
  afterAll(async () => {
    engine.kill('SIGTERM');
    await once(engine, 'exit');
  });

  it('lets the engine run it, which knows its sources, and compares with the run before', () => {
    const first = diagnosed(['--data', running()]);
    const byId = new Map(first.checks.map((check) => [check.id, check]));
    // It watches: whether it sees logs on this machine or not is an answer either way.
    expect(['pass', 'fail']).toContain(byId.get('YGR-08')?.status);
    expect(byId.get('YGR-09')?.status).toBe('pass');
    const second = diagnosed(['--data', running(), '--compare']);
    expect(second.id).not.toBe(first.id);
    expect((second.difference?.unchanged ?? 0) + (second.difference?.changed.length ?? 0)).toBe(
      second.checks.length,
    );
  });
});
