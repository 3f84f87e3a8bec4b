import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FailureError } from '../../../src-main/engine/flow/failure.ts';
import { ReportScheduler } from '../../../src-main/engine/report/scheduler.ts';
import type { WritableDatabase } from '../../../src-main/engine/store/database.ts';
import { StateSchedules } from '../../../src-main/engine/store/state/reports.ts';
import { openState } from '../../../src-main/engine/store/state/state-database.ts';
import {
  reportScheduleSchema,
  type ReportInfo,
  type ReportRequest,
  type ReportSchedule,
} from '../../../src-preload/contract/reports.ts';
import { DAY, HOUR, unexpected } from './report-fixture.ts';

/** 21 November 2026, 08:00 in Tokyo. */
const MORNING = Date.UTC(2026, 10, 20, 23);
const MINUTE = 60_000;

let directory: string;
let database: WritableDatabase;
let now: number;
let schedules: ReportSchedule[];
let made: ReportRequest[];
let reports: ReportInfo[];
let failure: FailureError | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-schedules-'));
  mkdirSync(join(directory, 'out'));
  database = openState(directory, { clock: { now: () => now }, onProblem: unexpected });
  now = MORNING;
  schedules = [schedule()];
  made = [];
  reports = [];
  failure = undefined;
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

function schedule(part: Partial<ReportSchedule> = {}): ReportSchedule {
  return reportScheduleSchema.parse({ name: 'morning', folder: join(directory, 'out'), ...part });
}

/** A scheduler as a newly started engine has it. */
function started(): ReportScheduler {
  return new ReportScheduler({
    clock: { now: () => now },
    timeZone: () => 'Asia/Tokyo',
    schedules: () => schedules,
    memory: new StateSchedules(database),
    library: {
      create: (request, _actor, name) => {
        made.push(request);
        const id = `report-${made.length}`;
        const info: ReportInfo = {
          id,
          kind: request.kind,
          range: request.range,
          language: 'ja',
          createdAt: now,
          schedule: name,
          state: 'ok',
          verdict: { key: 'report.verdict.quiet', parameters: {} },
          files: request.formats.map((format) => ({ format, bytes: 3, sha256: '' })),
          sections: [],
          masked: [],
          contentHash: '',
          auditHead: { number: 0, hash: '' },
          durationMs: 1,
          encrypted: false,
        };
        if (failure !== undefined) return { id, made: Promise.reject(failure) };
        for (const format of request.formats) writeFileSync(join(directory, `${id}.${format}`), id);
        reports.unshift(info);
        return { id, made: Promise.resolve(info) };
      },
      list: () => reports,
      fileOf: (id, format) => join(directory, `${id}.${format}`),
    },
    onChange: () => undefined,
  });
}

async function tick(scheduler: ReportScheduler, at: number): Promise<void> {
  now = at;
  scheduler.tick();
  await new Promise((resolve) => setImmediate(resolve));
}

const delivered = (): string[] => readdirSync(join(directory, 'out')).sort();

describe('scheduled reports', () => {
  it('are made at their time, for the day before it, under a name with the date', async () => {
    const scheduler = started();
    await tick(scheduler, MORNING);
    expect(made).toEqual([]);
    const due = MORNING + 23 * HOUR;
    await tick(scheduler, due - 1000);
    expect(made).toEqual([]);
    await tick(scheduler, due + 1000);
    expect(made).toMatchObject([{ kind: 'security', range: { from: due - DAY, to: due }, formats: ['pdf'] }]);
    expect(delivered()).toEqual(['yagura-security-2026-11-22.pdf']);
    expect(scheduler.states()).toEqual([
      {
        name: 'morning',
        nextAt: due + DAY,
        lastSentAt: due + 1000,
        lastFile: join(directory, 'out', 'yagura-security-2026-11-22.pdf'),
        failure: undefined,
      },
    ]);
    await tick(scheduler, due + 2000);
    expect(made).toHaveLength(1);
  });

  it('that were slept through are made up for once, the newest only, for its own day', async () => {
    await tick(started(), MORNING);
    const due = MORNING + 23 * HOUR + 5 * DAY;
    const scheduler = started();
    await tick(scheduler, due + 4 * HOUR);
    await tick(scheduler, due + 5 * HOUR);
    expect(made.map(({ range }) => range)).toEqual([{ from: due - DAY, to: due }]);
  });

  it('are not made for times before they were planned, nor again when their time is moved', async () => {
    const scheduler = started();
    await tick(scheduler, MORNING);
    schedules = [schedule({ at: '07:30' })];
    await tick(scheduler, MORNING + MINUTE);
    expect(made).toEqual([]);
    await tick(scheduler, MORNING + 23.5 * HOUR);
    expect(made).toHaveLength(1);
  });

  it('never replace a file that is there', async () => {
    const taken = join(directory, 'out', 'yagura-security-2026-11-22.pdf');
    writeFileSync(taken, 'mine');
    const scheduler = started();
    await tick(scheduler, MORNING);
    await tick(scheduler, MORNING + 23 * HOUR);
    expect(delivered()).toEqual(['yagura-security-2026-11-22-2.pdf', 'yagura-security-2026-11-22.pdf']);
  });

  it('whose folder is missing say so, wait longer each time, and are delivered without being made again', async () => {
    rmSync(join(directory, 'out'), { recursive: true });
    const scheduler = started();
    await tick(scheduler, MORNING);
    const due = MORNING + 23 * HOUR;
    await tick(scheduler, due);
    expect(scheduler.states()[0]?.failure?.key).toBe('report.failure.noFolder');
    await tick(scheduler, due + 61_000);
    await tick(scheduler, due + 62_000);
    mkdirSync(join(directory, 'out'));
    await tick(scheduler, due + 120_000);
    expect(delivered()).toEqual([]);
    await tick(scheduler, due + 61_000 + 121_000);
    expect(delivered()).toEqual(['yagura-security-2026-11-22.pdf']);
    expect(made).toHaveLength(1);
    expect(scheduler.states()[0]?.failure).toBeUndefined();
  });

  it('that were made and not delivered before a crash are delivered after it', async () => {
    rmSync(join(directory, 'out'), { recursive: true });
    const due = MORNING + 23 * HOUR;
    const first = started();
    await tick(first, MORNING);
    await tick(first, due);
    mkdirSync(join(directory, 'out'));
    await tick(started(), due + 1000);
    expect(made).toHaveLength(1);
    expect(delivered()).toHaveLength(1);
  });

  it('whose folder can’t be written say so', async () => {
    // What stands in the way holds for everybody, also for who may write anywhere.
    mkdirSync(join(directory, 'out', '.yagura-security-2026-11-22.pdf.part'));
    const scheduler = started();
    await tick(scheduler, MORNING);
    await tick(scheduler, MORNING + 23 * HOUR);
    expect(scheduler.states()[0]?.failure?.key).toBe('report.failure.folderNotWritable');
  });

  it('that can’t be made are tried again until they can', async () => {
    failure = new FailureError({
      kind: 'UNAVAILABLE',
      message: { key: 'report.failure.diskFull', parameters: {} },
    });
    const scheduler = started();
    const due = MORNING + 23 * HOUR;
    await tick(scheduler, MORNING);
    await tick(scheduler, due);
    expect(scheduler.states()[0]?.failure?.key).toBe('report.failure.diskFull');
    failure = undefined;
    await tick(scheduler, due + 61_000);
    expect(delivered()).toHaveLength(1);
    expect(made.at(-1)?.range.to).toBe(due);
  });

  it('several formats are delivered all or none', async () => {
    schedules = [schedule({ formats: ['pdf', 'json'] })];
    const scheduler = started();
    await tick(scheduler, MORNING);
    const due = MORNING + 23 * HOUR;
    // The second file is gone: the first must not stay behind alone.
    failure = undefined;
    now = due;
    scheduler.tick();
    rmSync(join(directory, 'report-1.json'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(delivered()).toEqual([]);
    writeFileSync(join(directory, 'report-1.json'), 'report-1');
    await tick(scheduler, due + 61_000);
    expect(delivered()).toEqual(['yagura-security-2026-11-22.json', 'yagura-security-2026-11-22.pdf']);
  });

  it('switched off are not made, and have no next time', async () => {
    schedules = [schedule({ enabled: false })];
    const scheduler = started();
    await tick(scheduler, MORNING);
    await tick(scheduler, MORNING + 3 * DAY);
    expect(made).toEqual([]);
    expect(scheduler.states()[0]?.nextAt).toBeUndefined();
  });

  it('made now cover as long a time up to now, and do not move the next one', async () => {
    const scheduler = started();
    await tick(scheduler, MORNING);
    expect(scheduler.runNow('morning')).toBe('report-1');
    await new Promise((resolve) => setImmediate(resolve));
    expect(made[0]?.range).toEqual({ from: MORNING - DAY, to: MORNING });
    expect(delivered()).toEqual(['yagura-security-2026-11-21.pdf']);
    await tick(scheduler, MORNING + 23 * HOUR);
    expect(made).toHaveLength(2);
    expect(() => scheduler.runNow('another')).toThrow(FailureError);
  });

  it('each week and month cover theirs', async () => {
    schedules = [
      schedule({ name: 'weekly', every: 'week', weekday: 1, kind: 'health' }),
      schedule({ name: 'monthly', every: 'month', day: 1, kind: 'alerts' }),
    ];
    const scheduler = started();
    await tick(scheduler, MORNING);
    await tick(scheduler, Date.UTC(2026, 11, 2));
    const to = (kind: string): number | undefined => made.find((request) => request.kind === kind)?.range.to;
    expect(to('health')).toBe(Date.UTC(2026, 10, 29, 22));
    expect(to('alerts')).toBe(Date.UTC(2026, 10, 30, 22));
    const { from } = made.find(({ kind }) => kind === 'alerts')!.range;
    expect(from).toBe(Date.UTC(2026, 9, 31, 22));
  });

  it('that are gone from the settings are forgotten', async () => {
    const scheduler = started();
    await tick(scheduler, MORNING);
    schedules = [];
    await tick(scheduler, MORNING + DAY);
    expect(new StateSchedules(database).get('morning')).toBeUndefined();
  });
});
