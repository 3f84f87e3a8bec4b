import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../src-preload/contract/index.ts';
import type { Push } from '../../src-preload/contract/shared.ts';
import { REPORT_SECTIONS_OF } from '../../src-preload/contract/limits.ts';
import type {
  ReportFormat,
  ReportInfo,
  ReportRequest,
  ReportSchedule,
  ReportsState,
} from '../../src-preload/contract/reports.ts';
import type { FakeState } from './fake-data.ts';
import { fakePdf } from './fake-pdf.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const said = (words: string): ReportInfo['verdict'] => ({ key: 'fake.text', parameters: { words } });

function reportOf(id: string, request: ReportRequest, createdAt: number): ReportInfo {
  const pages = request.kind === 'security' ? 6 : 4;
  return {
    id,
    kind: request.kind,
    range: request.range,
    language: request.language,
    createdAt,
    state: 'critical',
    verdict: said('1 attack is going on. Nothing shows that anyone got in.'),
    files: request.formats.map((format) => ({ format, bytes: 84_000, sha256: '9f2c41ab7d03e118'.repeat(4) })),
    ...(request.formats.includes('pdf') ? { pages } : {}),
    sections: REPORT_SECTIONS_OF[request.kind].filter((section) => !request.without.includes(section)),
    masked: request.pseudonyms
      ? [
          { kind: 'account', count: 6 },
          { kind: 'email', count: 5 },
          { kind: 'secret', count: 3 },
        ]
      : [{ kind: 'secret', count: 3 }],
    contentHash: '9f2c41ab7d0388aa'.repeat(4),
    auditHead: { number: 48_211, hash: '3be092f4'.repeat(8) },
    durationMs: 412,
    encrypted: request.password !== undefined,
  };
}

export const FAKE_SCHEDULES: ReportSchedule[] = [
  {
    name: 'Daily threats',
    kind: 'security',
    every: 'day',
    at: '15:30',
    weekday: 1,
    day: 1,
    language: 'ja',
    formats: ['pdf'],
    folder: '/srv/reports',
    enabled: true,
  },
  {
    name: 'Weekly security',
    kind: 'security',
    every: 'week',
    at: '18:00',
    weekday: 5,
    day: 1,
    language: 'ja',
    formats: ['pdf', 'json'],
    folder: '/mnt/audit',
    enabled: true,
  },
];

function fakeReportList(now: number): ReportInfo[] {
  const request: ReportRequest = {
    kind: 'security',
    range: { from: now - DAY, to: now },
    language: 'ja',
    formats: ['pdf', 'html', 'csv', 'json'],
    without: [],
    pseudonyms: true,
  };
  const past = (days: number): ReportRequest['range'] => ({
    from: now - (days + 1) * DAY,
    to: now - days * DAY,
  });
  return [
    reportOf('r5', request, now - 138_000),
    {
      ...reportOf('r4', { ...request, range: past(1) }, now - 19 * HOUR),
      state: 'ok',
      verdict: said('No attack was found.'),
      schedule: 'Daily threats',
    },
    {
      ...reportOf('r3', { ...request, password: 'kept nowhere', formats: ['pdf'] }, now - 2 * DAY),
      state: 'warning',
    },
    {
      ...reportOf('r2', { ...request, kind: 'logs', formats: ['html', 'csv'] }, now - 4 * DAY),
      state: 'ok',
    },
    {
      ...reportOf('r1', { ...request, kind: 'health', pseudonyms: false }, now - 9 * DAY),
      state: 'unknown',
    },
  ];
}

export interface FakeReportsOptions {
  state: FakeState;
  now: () => number;
  pushEveryMs: number;
  schedules: () => readonly ReportSchedule[];
}

/** Reports without a machine: one takes three seconds (a moment in tests). The PDF is real, the other files are not. */
export function fakeReports({ state, now, pushEveryMs, schedules }: FakeReportsOptions) {
  const os = implement(contract).reports;
  const MAKE_MS = pushEveryMs === 0 ? 60 : 3000;
  let list = state === 'empty' || state === 'first' ? [] : fakeReportList(now());
  let jobs: { id: string; begun: number; request: ReportRequest }[] = [];
  let revision = 1;
  let made = list.length;
  let failure: ReportsState['failure'] =
    state === 'trouble'
      ? { jobId: 'r0', message: said('There is no space left for the report. Free some and try again.') }
      : undefined;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    revision += 1;
    listeners.forEach((listener) => listener());
  };
  const current = (): ReportsState => ({
    jobs: jobs.map(({ id, begun, request }) => {
      const done = Math.min(0.95, (now() - begun) / MAKE_MS);
      return { id, kind: request.kind, startedAt: begun, step: done < 0.5 ? 'reading' : 'laying-out', done };
    }),
    revision,
    failure,
  });
  async function* watching(signal: AbortSignal | undefined): AsyncGenerator<Push<ReportsState>> {
    for (let sequence = 1; signal?.aborted !== true; sequence += 1) {
      yield { subscription: 'r', sequence, items: [current()], dropped: 0 };
      await new Promise<void>((resolve) => {
        const go = (): void => {
          listeners.delete(go);
          resolve();
        };
        listeners.add(go);
        if (pushEveryMs > 0) setTimeout(go, 300);
        signal?.addEventListener('abort', go, { once: true });
      });
    }
  }
  function begin(request: ReportRequest, schedule?: string): { id: string } {
    made += 1;
    const id = `r${made}`;
    jobs = [...jobs, { id, begun: now(), request }];
    setTimeout(() => {
      if (!jobs.some((job) => job.id === id)) return;
      jobs = jobs.filter((job) => job.id !== id);
      list = [{ ...reportOf(id, request, now()), ...(schedule === undefined ? {} : { schedule }) }, ...list];
      failure = undefined;
      tell();
    }, MAKE_MS);
    tell();
    return { id };
  }
  function found(id: string): ReportInfo {
    const report = list.find((each) => each.id === id);
    if (report === undefined)
      throw new ORPCError('NOT_FOUND', { data: { key: 'report.failure.notFound', parameters: {} } });
    return report;
  }
  const fileOf = (report: ReportInfo, format: ReportFormat): Uint8Array =>
    format === 'pdf'
      ? fakePdf(report.pages ?? 1)
      : new TextEncoder().encode(`${format} of ${report.id}, 日本語\n`);

  return {
    list: os.list.handler(() => list),
    create: os.create.handler(({ input }) => begin(input)),
    cancel: os.cancel.handler(({ input }) => {
      jobs = jobs.filter((job) => job.id !== input.id);
      tell();
      return {};
    }),
    remove: os.remove.handler(({ input }) => {
      list = list.filter((report) => report !== found(input.id));
      tell();
      return {};
    }),
    watch: os.watch.handler(({ signal }) => watching(signal)),
    review: os.review.handler(({ input }) => ({
      masked: input.pseudonyms
        ? [
            { kind: 'account', count: 6 },
            { kind: 'email', count: 5 },
            { kind: 'secret', count: 3 },
          ]
        : [{ kind: 'secret', count: 3 }],
      samples: [
        { kind: 'account', before: 'account 1234567 rejected', after: 'account account-1 rejected' },
        { kind: 'email', before: 'sato@example.jp', after: 'email-2' },
        { kind: 'secret', before: 'token=••••', after: 'token=••••' },
      ],
    })),
    content: os.content.handler(({ input }) => {
      const file = fileOf(found(input.id), input.format);
      const part = file.subarray(input.offset);
      return {
        base64: btoa(Array.from(part, (byte) => String.fromCharCode(byte)).join('')),
        bytes: file.length,
      };
    }),
    schedules: os.schedules.handler(() =>
      schedules().map((schedule, index) => ({
        name: schedule.name,
        nextAt: schedule.enabled ? now() + 5 * HOUR : undefined,
        lastSentAt: now() - 19 * HOUR,
        lastFile: `${schedule.folder}/security-2026-11-19.pdf`,
        failure:
          index === 1 && state === 'trouble'
            ? said('The folder /mnt/audit is not there. The report is tried again.')
            : undefined,
      })),
    ),
    runSchedule: os.runSchedule.handler(({ input }) => {
      const schedule = schedules().find((each) => each.name === input.name);
      if (schedule === undefined)
        throw new ORPCError('NOT_FOUND', {
          data: { key: 'report.failure.noSchedule', parameters: { name: input.name } },
        });
      const { kind, language, formats } = schedule;
      return begin(
        { kind, range: { from: now() - DAY, to: now() }, language, formats, without: [], pseudonyms: true },
        schedule.name,
      );
    }),
  };
}
