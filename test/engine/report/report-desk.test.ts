import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReportDesk } from '../../../src-main/engine/report-desk.ts';
import { StateReports, StateSchedules } from '../../../src-main/engine/store/state/reports.ts';
import { findInstallation } from '../../../src-main/installation.ts';
import type { ReportRequest, ReportsState } from '../../../src-preload/contract/reports.ts';
import { settingsSchema } from '../../../src-preload/contract/settings.ts';
import { DataDirectory, finding, RANGE, TO, unexpected } from './report-fixture.ts';

const installation = findInstallation(new URL('../../../src-main/cli/index.ts', import.meta.url).href);
const REQUEST: ReportRequest = {
  kind: 'security',
  range: RANGE,
  language: 'en',
  formats: ['pdf', 'html', 'csv', 'json'],
  without: [],
  pseudonyms: true,
};

let data: DataDirectory;
let desk: ReportDesk;
let states: ReportsState[];
let onState: ((state: ReportsState) => void) | undefined;

beforeEach(() => {
  data = new DataDirectory();
  data.addFindings([finding({ user: 'tanaka', users: [{ name: 'tanaka', count: 5 }] })]);
  states = [];
  onState = undefined;
  desk = new ReportDesk({
    dataDirectory: data.path,
    resources: installation.resources,
    fonts: installation.fonts,
    version: '0.0.0',
    thread: installation.threads.reportWriter,
    clock: { now: () => TO },
    index: new StateReports(data.database),
    schedules: new StateSchedules(data.database),
    audit: { record: () => undefined, head: () => ({ number: 0, hash: '' }) },
    settings: () => settingsSchema.parse({ reports: { classification: 'For the board only' } }),
    live: () => ({ sources: [], problems: [], dropped: [] }),
    onChange: (state) => {
      states.push(state);
      onState?.(state);
    },
    onProblem: (message) => unexpected({ message }),
  });
});
afterEach(async () => {
  await desk.close();
  data.close();
});

const files = (): string[] => readdirSync(join(data.path, 'reports')).sort();

describe('the desk of reports, with its real thread', () => {
  it('makes all four formats of one report, which say the same', async () => {
    const { id, made } = desk.library.create(REQUEST, 'operator');
    const info = await made;
    expect(files()).toEqual(['csv', 'html', 'json', 'pdf'].map((format) => `${id}.${format}`));
    expect(info.pages).toBeGreaterThan(1);
    expect(info.masked.map(({ kind }) => kind)).toContain('user');
    expect(info.files.find(({ format }) => format === 'json')?.sha256).toBe(info.contentHash);
    const html = readFileSync(join(data.path, 'reports', `${id}.html`), 'utf8');
    expect(html).toContain('For the board only');
    expect(html).toContain(info.contentHash);
    expect(html).not.toContain('tanaka');
    const steps = states.flatMap(({ jobs }) => jobs.map(({ step }) => step));
    expect([...new Set(steps)]).toEqual(expect.arrayContaining(['reading', 'laying-out', 'writing']));
    const done = states.flatMap(({ jobs }) => jobs.map((job) => job.done));
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  it('encrypts with a password, and then writes nothing in the open', async () => {
    const { made } = desk.library.create({ ...REQUEST, password: 'correct horse' }, 'operator');
    expect((await made).files.map(({ format }) => format)).toEqual(['pdf']);
    expect(files()).toHaveLength(1);
    expect(readFileSync(join(data.path, 'reports', files()[0]!), 'latin1')).toContain('/Encrypt');
  });

  it('ends the thread at once when a report is cancelled in the middle, and leaves nothing', async () => {
    const { id, made } = desk.library.create(REQUEST, 'operator');
    onState = ({ jobs }) => {
      if (jobs[0]?.step === 'laying-out') desk.library.cancel(id);
    };
    await expect(made).rejects.toThrow('report.failure.cancelled');
    expect(files()).toEqual([]);
    onState = undefined;
    await desk.library.create({ ...REQUEST, formats: ['json'] }, 'operator').made;
    expect(files()).toHaveLength(1);
  });

  it('shows what would be replaced before a report is made', async () => {
    const { masked, samples } = await desk.review(REQUEST);
    expect(masked.map(({ kind }) => kind)).toContain('user');
    expect(samples).toContainEqual({
      kind: 'user',
      before: 'tanaka',
      after: expect.stringMatching(/^user-[0-9a-f]{6}$/),
    });
    expect(files()).toEqual([]);
  });
});
