import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../src-main/engine/flow/audit-trail.ts';
import { FailureError } from '../../../src-main/engine/flow/failure.ts';
import {
  PART,
  ReportLibrary,
  type ReportMaker,
  type WrittenReport,
} from '../../../src-main/engine/report/report-library.ts';
import type { WritableDatabase } from '../../../src-main/engine/store/database.ts';
import { openState } from '../../../src-main/engine/store/state/state-database.ts';
import { StateReports } from '../../../src-main/engine/store/state/reports.ts';
import type { ReportRequest, ReportsState } from '../../../src-preload/contract/reports.ts';
import type { Message } from '../../../src-preload/contract/shared.ts';
import { RANGE, TO, unexpected } from './report-fixture.ts';

let directory: string;
let database: WritableDatabase;
let now: number;
let audited: AuditRecord[];
let problems: Message[];
let states: ReportsState[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-library-'));
  database = openState(directory, { clock: { now: () => TO }, onProblem: unexpected });
  now = TO;
  audited = [];
  problems = [];
  states = [];
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

const request = (part: Partial<ReportRequest> = {}): ReportRequest => ({
  kind: 'security',
  range: RANGE,
  language: 'en',
  formats: ['json'],
  without: [],
  pseudonyms: true,
  ...part,
});

/** Writes as many bytes as the maker is told, at once. */
const writes =
  (bytes = 10): ReportMaker['make'] =>
  ({ id, folder, request: { kind, range, language } }, onStep) => {
    onStep('writing', 0.5);
    writeFileSync(join(folder, `${id}.json${PART}`), 'x'.repeat(bytes));
    return Promise.resolve(written({ kind, range, language }, bytes));
  };

const written = (part: Partial<WrittenReport>, bytes: number): WrittenReport => ({
  kind: 'security',
  range: RANGE,
  language: 'en',
  createdAt: now++,
  state: 'ok',
  verdict: { key: 'report.verdict.quiet', parameters: {} },
  files: [{ format: 'json', bytes, sha256: 'a' }],
  sections: ['summary'],
  masked: [],
  contentHash: 'a',
  auditHead: { number: 0, hash: '' },
  encrypted: false,
  ...part,
});

/** Waits until told, or until it is cancelled. */
function waits(): { make: ReportMaker['make']; release: () => void; begun: Promise<void> } {
  let release = (): void => undefined;
  let begin = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const make: ReportMaker['make'] = async (job, onStep, signal) => {
    begin();
    writeFileSync(join(job.folder, `${job.id}.pdf${PART}`), 'half');
    await Promise.race([
      gate,
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('terminated')))),
    ]);
    return writes()(job, onStep, signal);
  };
  return { make, release, begun };
}

const library = (make: ReportMaker['make'], limits?: { reports: number; bytes: number; jobs: number }) =>
  new ReportLibrary({
    folder: join(directory, 'reports'),
    index: new StateReports(database),
    audit: { record: (record) => void audited.push(record), head: () => ({ number: 0, hash: '' }) },
    clock: { now: () => now },
    maker: { make },
    onChange: (state) => void states.push(state),
    onProblem: (problem) => void problems.push(problem),
    ...(limits === undefined ? {} : { limits }),
  });

const files = (): string[] => readdirSync(join(directory, 'reports')).sort();
const kindOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing thrown';
  } catch (error) {
    return error instanceof FailureError ? error.failure.kind : String(error);
  }
};

describe('the library of reports', () => {
  it('keeps a report for this user only, names it in the audit trail, gives it out in parts', async () => {
    const reports = library(writes(5_000_000));
    const { id, made } = reports.create(request(), 'operator');
    const info = await made;
    expect(reports.list()).toEqual([info]);
    expect(info).toMatchObject({ id, kind: 'security' });
    expect(files()).toEqual([`${id}.json`]);
    expect(statSync(join(directory, 'reports')).mode & 0o777).toBe(0o700);
    expect(audited).toMatchObject([{ actor: 'operator', action: 'reportMade', subject: id }]);
    const first = reports.content(id, 'json', 0);
    const second = reports.content(id, 'json', 4 * 1024 * 1024);
    expect(first.bytes).toBe(5_000_000);
    expect(Buffer.from(first.base64, 'base64').length + Buffer.from(second.base64, 'base64').length).toBe(
      5_000_000,
    );
    expect(kindOf(() => reports.content(id, 'pdf', 0))).toBe('NOT_FOUND');
  });

  it('makes one at a time, in their order, and tells how far they are', async () => {
    const { make, release, begun } = waits();
    const reports = library(make);
    const first = reports.create(request(), 'operator');
    const second = reports.create(request({ kind: 'logs' }), 'operator');
    await begun;
    expect(reports.state().jobs.map(({ kind }) => kind)).toEqual(['security', 'logs']);
    release();
    await Promise.all([first.made, second.made]);
    expect(reports.list().map(({ kind }) => kind)).toEqual(['logs', 'security']);
    expect(states.some(({ jobs }) => jobs[0]?.step === 'writing')).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(states.at(-1)).toMatchObject({ jobs: [] });
  });

  it('refuses more than may wait', async () => {
    const { make, release } = waits();
    const reports = library(make, { reports: 9, bytes: 1e9, jobs: 2 });
    const made = [reports.create(request(), 'operator').made, reports.create(request(), 'operator').made];
    expect(kindOf(() => reports.create(request(), 'operator'))).toBe('UNAVAILABLE');
    release();
    await Promise.all(made);
  });

  it('leaves nothing of a report that is cancelled, whether under way or waiting', async () => {
    const { make, begun } = waits();
    const reports = library(make);
    const running = reports.create(request(), 'operator');
    const waiting = reports.create(request(), 'operator');
    await begun;
    reports.cancel(waiting.id);
    reports.cancel(running.id);
    await expect(running.made).rejects.toThrow('report.failure.cancelled');
    await expect(waiting.made).rejects.toThrow('report.failure.cancelled');
    expect(files()).toEqual([]);
    expect(reports.list()).toEqual([]);
    expect(reports.state().failure).toBeUndefined();
    expect(kindOf(() => reports.cancel(running.id))).toBe('NOT_FOUND');
  });

  it('tells a failure until the next one succeeds', async () => {
    let fails = true;
    const make = writes();
    const reports = library((...given) =>
      fails
        ? Promise.reject(
            new FailureError({
              kind: 'UNAVAILABLE',
              message: { key: 'report.failure.diskFull', parameters: {} },
            }),
          )
        : make(...given),
    );
    const { id, made } = reports.create(request(), 'operator');
    await expect(made).rejects.toThrow('report.failure.diskFull');
    await new Promise((resolve) => setImmediate(resolve));
    expect(reports.state().failure).toEqual({
      jobId: id,
      message: { key: 'report.failure.diskFull', parameters: {} },
    });
    fails = false;
    await reports.create(request(), 'operator').made;
    expect(reports.state().failure).toBeUndefined();
  });

  it('lets the oldest go beyond its limits of number and bytes, and tells so', async () => {
    const reports = library(writes(100), { reports: 3, bytes: 250, jobs: 9 });
    const ids: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      const { id, made } = reports.create(request(), 'operator');
      ids.push(id);
      await made;
    }
    expect(reports.list().map(({ id }) => id)).toEqual([ids[3], ids[2]]);
    expect(files()).toHaveLength(2);
    expect(problems.map(({ key }) => key)).toEqual(Array(2).fill('report.problem.oldestRemoved'));
    expect(audited.filter(({ action }) => action === 'reportRemoved')).toHaveLength(2);
  });

  it('keeps the newest even when it alone is beyond the limit', async () => {
    const reports = library(writes(1000), { reports: 3, bytes: 250, jobs: 9 });
    await reports.create(request(), 'operator').made;
    expect(reports.list()).toHaveLength(1);
  });

  it('removes a report with its files, once', async () => {
    const reports = library(writes());
    const { id, made } = reports.create(request(), 'operator');
    await made;
    const { revision } = reports.state();
    reports.remove(id, 'operator');
    expect(files()).toEqual([]);
    expect(reports.state().revision).toBeGreaterThan(revision);
    expect(kindOf(() => reports.remove(id, 'operator'))).toBe('NOT_FOUND');
  });

  it('after a crash removes what was half written and forgets what is gone', async () => {
    const first = library(writes());
    const kept = first.create(request(), 'operator');
    const gone = first.create(request(), 'operator');
    await Promise.all([kept.made, gone.made]);
    rmSync(join(directory, 'reports', `${gone.id}.json`));
    writeFileSync(join(directory, 'reports', `half.pdf${PART}`), 'x');
    // Renamed, and killed before the index named it.
    writeFileSync(join(directory, 'reports', 'orphan.pdf'), 'x');
    const second = library(writes());
    expect(files()).toEqual([`${kept.id}.json`]);
    expect(second.list().map(({ id }) => id)).toEqual([kept.id]);
  });

  it('ends what is under way when the engine does', async () => {
    const { make, begun } = waits();
    const reports = library(make);
    const { made } = reports.create(request(), 'operator');
    await begun;
    await reports.close();
    await expect(made).rejects.toThrow('report.failure.cancelled');
    expect(existsSync(join(directory, 'reports'))).toBe(true);
    expect(files()).toEqual([]);
    expect(kindOf(() => reports.create(request(), 'operator'))).toBe('UNAVAILABLE');
  });
});
