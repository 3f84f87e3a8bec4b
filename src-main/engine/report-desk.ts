import { join } from 'node:path';
import type { ReportRequest, ReportsState } from '../../src-preload/contract/reports.ts';
import type { Message } from '../../src-preload/contract/shared.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import type { Status } from '../../src-preload/contract/system.ts';
import type { AuditTrail } from './flow/audit-trail.ts';
import type { Clock } from './flow/clock.ts';
import { FailureError } from './flow/failure.ts';
import { localTimeZone, reportTask, type ReportTask } from './report-task.ts';
import { reviewInThread, writeInThread, type MaskingReview } from './report-thread.ts';
import type { ReportFonts } from './report/pdf/printable.ts';
import { ReportLibrary } from './report/report-library.ts';
import type { LiveFacts } from './report/report-data.ts';
import { ReportScheduler } from './report/scheduler.ts';
import type { ReportIndex, ScheduleMemory } from './store/types.ts';

export interface ReportDeskOptions {
  dataDirectory: string;
  resources: string;
  fonts: ReportFonts;
  version: string;
  /** File of `threads/report-writer`. */
  thread: string;
  clock: Clock;
  index: ReportIndex;
  schedules: ScheduleMemory;
  audit: AuditTrail;
  settings: () => Pick<Settings, 'reports' | 'thresholds' | 'masking'>;
  live: () => LiveFacts;
  onChange: (state: ReportsState) => void;
  onProblem: (problem: Message) => void;
}

/** What a report tells of the moment it is made in. */
export function liveFacts({ sources, problems, queues }: Status): LiveFacts {
  const dropped = queues.filter((queue) => queue.dropped > 0);
  return { sources, problems, dropped: dropped.map((queue) => ({ name: queue.name, count: queue.dropped })) };
}

type ReviewRequest = Pick<ReportRequest, 'kind' | 'range' | 'language' | 'without' | 'pseudonyms'>;

/** Where a running engine makes its reports: library, schedules and their threads together. */
export class ReportDesk {
  readonly library: ReportLibrary;
  readonly scheduler: ReportScheduler;
  readonly #options: ReportDeskOptions;
  #reviewing = false;

  constructor(options: ReportDeskOptions) {
    this.#options = options;
    const { dataDirectory, clock, index, audit, onChange, onProblem } = options;
    this.library = new ReportLibrary({
      folder: join(dataDirectory, 'reports'),
      index,
      audit,
      clock,
      onChange,
      onProblem,
      maker: {
        make: ({ id, folder, request }, onStep, signal) =>
          writeInThread(this.#task(request), { id, folder }, { ...this.#thread(), onStep, signal }),
      },
    });
    this.scheduler = new ReportScheduler({
      clock,
      timeZone: localTimeZone,
      schedules: () => options.settings().reports.schedules,
      memory: options.schedules,
      library: this.library,
      onChange: () => onChange(this.library.state()),
    });
  }

  /** What would be replaced in such a report. @throws FailureError UNAVAILABLE while another one is looked at */
  async review(
    request: ReviewRequest,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<MaskingReview> {
    if (this.#reviewing)
      throw new FailureError({
        kind: 'UNAVAILABLE',
        message: { key: 'report.failure.reviewing', parameters: {} },
      });
    this.#reviewing = true;
    try {
      const task = this.#task({ ...request, formats: ['json'] });
      return await reviewInThread(task, { ...this.#thread(), onStep: () => undefined, signal });
    } finally {
      this.#reviewing = false;
    }
  }

  close(): Promise<void> {
    return this.library.close();
  }

  #thread() {
    return {
      file: this.#options.thread,
      onProblem: ({ message }: { message: Message }) => this.#options.onProblem(message),
    };
  }

  #task(request: ReportRequest): ReportTask {
    const { dataDirectory, resources, fonts, version, settings, live } = this.#options;
    return reportTask(request, { dataDirectory, resources, fonts, version }, settings(), live());
  }
}
