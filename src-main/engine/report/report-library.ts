import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  MAX_CONTENT_BYTES,
  type ReportFormat,
  type ReportInfo,
  type ReportJob,
  type ReportRequest,
  type ReportsState,
} from '../../../src-preload/contract/reports.ts';
import type { Message } from '../../../src-preload/contract/shared.ts';
import type { AuditTrail } from '../flow/audit-trail.ts';
import type { Clock } from '../flow/clock.ts';
import { FailureError, type Failure } from '../flow/failure.ts';
import type { ReportIndex } from '../store/types.ts';

/** Most reports kept, and most bytes of all their files; the oldest go first. */
const MAX_REPORTS = 200;
const MAX_REPORT_BYTES = 500_000_000;
/** Reports that may wait to be made, with the one under way. */
const MAX_JOBS = 10;

/** Ending of a file that is being written; one that is left is from a crash. */
export const PART = '.part';

/** What a maker hands back: the files lie in the folder as `<id>.<format>.part`. */
export type WrittenReport = Omit<ReportInfo, 'id' | 'schedule' | 'durationMs'>;

/** Makes reports outside of the engine's main thread. */
export interface ReportMaker {
  /**
   * Writes `<folder>/<id>.<format>.part` for each format.
   * @param signal ends it at once, whatever it is doing
   */
  make(
    job: { id: string; folder: string; request: ReportRequest },
    onStep: (step: ReportJob['step'], done: number) => void,
    signal: AbortSignal,
  ): Promise<WrittenReport>;
}

export interface ReportLibraryOptions {
  /** `<data directory>/reports`; made if need be, for this user only. */
  folder: string;
  index: ReportIndex;
  audit: AuditTrail;
  clock: Clock;
  maker: ReportMaker;
  onChange: (state: ReportsState) => void;
  /** Told about what went wrong besides a job: its files could not be removed, an old report had to go. */
  onProblem: (problem: Message) => void;
  limits?: { reports: number; bytes: number; jobs: number };
}

interface Job {
  shown: ReportJob;
  request: ReportRequest;
  actor: string;
  schedule: string | undefined;
  abort: AbortController;
  resolve: (info: ReportInfo) => void;
  reject: (error: FailureError) => void;
}

/** The reports of a data directory: makes them one at a time, keeps them, gives them out, lets the oldest go. */
export class ReportLibrary {
  readonly #options: ReportLibraryOptions;
  readonly #limits: { reports: number; bytes: number; jobs: number };
  /** The first one is under way. */
  readonly #jobs: Job[] = [];
  #revision: number;
  #failure: ReportsState['failure'];
  #closed = false;

  constructor(options: ReportLibraryOptions) {
    this.#options = options;
    this.#limits = options.limits ?? { reports: MAX_REPORTS, bytes: MAX_REPORT_BYTES, jobs: MAX_JOBS };
    // Seconds, so that a revision of an earlier run never equals one of this run.
    this.#revision = Math.floor(options.clock.now() / 1000);
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    chmodSync(options.folder, 0o700);
    this.#tidy();
  }

  /** Newest first. */
  list(): ReportInfo[] {
    return this.#options.index.list();
  }

  state(): ReportsState {
    return {
      jobs: this.#jobs.map(({ shown }) => ({ ...shown })),
      revision: this.#revision,
      failure: this.#failure,
    };
  }

  /**
   * Begins a report, or lets it wait for those before it.
   * @param actor `operator`, `schedule`, `terminal`
   * @returns its id, and the report once it is made
   * @throws FailureError UNAVAILABLE when too many wait
   */
  create(
    request: ReportRequest,
    actor: string,
    schedule?: string,
  ): { id: string; made: Promise<ReportInfo> } {
    if (this.#closed || this.#jobs.length >= this.#limits.jobs) {
      throw failure('UNAVAILABLE', 'report.failure.tooMany', { limit: this.#limits.jobs });
    }
    const id = randomUUID();
    const made = new Promise<ReportInfo>((resolve, reject) => {
      this.#jobs.push({
        shown: { id, kind: request.kind, startedAt: this.#options.clock.now(), step: 'reading', done: 0 },
        request,
        actor,
        schedule,
        abort: new AbortController(),
        resolve,
        reject,
      });
    });
    // Who asked for it learns of a failure by the state; nobody has to wait for it.
    made.catch(() => undefined);
    if (this.#jobs.length === 1) void this.#work();
    this.#changed();
    return { id, made };
  }

  /** @throws FailureError NOT_FOUND when no such report is being made */
  cancel(id: string): void {
    const job = this.#jobs.find(({ shown }) => shown.id === id);
    if (job === undefined) throw failure('NOT_FOUND', 'report.failure.notFound');
    job.abort.abort();
    if (job === this.#jobs[0]) return;
    this.#jobs.splice(this.#jobs.indexOf(job), 1);
    job.reject(cancelled());
    this.#changed();
  }

  /** @throws FailureError NOT_FOUND */
  remove(id: string, actor: string): void {
    this.#drop(this.#found(id), actor);
    this.#revision += 1;
    this.#changed();
  }

  /** Where a report's file lies. @throws FailureError NOT_FOUND */
  fileOf(id: string, format: ReportFormat): string {
    const info = this.#found(id);
    if (!info.files.some((file) => file.format === format))
      throw failure('NOT_FOUND', 'report.failure.noSuchFormat', { format });
    return this.#path(id, format);
  }

  /** Part of a file. @throws FailureError NOT_FOUND */
  content(id: string, format: ReportFormat, offset: number): { base64: string; bytes: number } {
    const path = this.fileOf(id, format);
    let descriptor: number;
    try {
      descriptor = openSync(path, 'r');
    } catch (error) {
      throw failure('NOT_FOUND', 'report.failure.notFound', {}, error);
    }
    try {
      const bytes = statSync(path).size;
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(MAX_CONTENT_BYTES, bytes - offset)));
      const read = readSync(descriptor, buffer, 0, buffer.length, offset);
      return { base64: buffer.toString('base64', 0, read), bytes };
    } finally {
      closeSync(descriptor);
    }
  }

  /** Ends what is under way; nothing half-made stays. */
  async close(): Promise<void> {
    this.#closed = true;
    const [running] = this.#jobs;
    for (const job of this.#jobs.splice(1)) job.reject(cancelled());
    running?.abort.abort();
    while (this.#jobs.length > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Makes the jobs one after another until none waits. */
  async #work(): Promise<void> {
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      try {
        const info = await this.#make(job);
        this.#failure = undefined;
        job.resolve(info);
      } catch (error) {
        this.#removeFiles(job.shown.id);
        const failed = job.abort.signal.aborted ? cancelled() : asFailure(error);
        // Somebody who cancels knows; a failure has to be told.
        if (!job.abort.signal.aborted)
          this.#failure = { jobId: job.shown.id, message: failed.failure.message };
        job.reject(failed);
      }
      this.#jobs.shift();
      this.#changed();
    }
  }

  async #make(job: Job): Promise<ReportInfo> {
    const { folder, index, audit, clock, maker } = this.#options;
    const begun = clock.now();
    const { id } = job.shown;
    const onStep = (step: ReportJob['step'], done: number): void => {
      job.shown = { ...job.shown, step, done };
      this.#changed();
    };
    job.abort.signal.throwIfAborted();
    const written = await maker.make({ id, folder, request: job.request }, onStep, job.abort.signal);
    job.abort.signal.throwIfAborted();
    for (const { format } of written.files) {
      renameSync(this.#path(id, format) + PART, this.#path(id, format));
    }
    const info: ReportInfo = { ...written, id, schedule: job.schedule, durationMs: clock.now() - begun };
    // From here on it exists; a kill before leaves files that the next start removes.
    index.save(info);
    audit.record({
      actor: job.actor,
      action: 'reportMade',
      subject: id,
      details: {
        kind: info.kind,
        range: info.range,
        formats: info.files.map(({ format }) => format),
        contentHash: info.contentHash,
        pseudonyms: job.request.pseudonyms,
        encrypted: info.encrypted,
        schedule: job.schedule ?? null,
      },
    });
    this.#revision += 1;
    this.#letOldestGo(id);
    return info;
  }

  #letOldestGo(newest: string): void {
    const all = this.list();
    let bytes = 0;
    for (const [place, info] of all.entries()) {
      bytes += info.files.reduce((sum, file) => sum + file.bytes, 0);
      if (info.id === newest || (place < this.#limits.reports && bytes <= this.#limits.bytes)) continue;
      this.#drop(info, 'yagura');
      this.#options.onProblem({
        key: 'report.problem.oldestRemoved',
        parameters: { kind: info.kind, createdAt: info.createdAt },
      });
    }
  }

  #drop(info: ReportInfo, actor: string): void {
    this.#options.index.remove(info.id);
    this.#options.audit.record({
      actor,
      action: 'reportRemoved',
      subject: info.id,
      details: { kind: info.kind, createdAt: info.createdAt, contentHash: info.contentHash },
    });
    this.#removeFiles(info.id);
  }

  /** What a crash left: files of reports that are not in the index, and entries whose files somebody removed. */
  #tidy(): void {
    const known = new Map(this.list().map((info) => [info.id, info]));
    const present = new Set(readdirSync(this.#options.folder));
    for (const name of present) {
      if (!known.has(name.split('.')[0] ?? '')) this.#removeFile(name);
    }
    for (const info of known.values()) {
      if (!info.files.some(({ format }) => present.has(`${info.id}.${format}`)))
        this.#options.index.remove(info.id);
    }
  }

  #removeFiles(id: string): void {
    for (const name of readdirSync(this.#options.folder)) {
      if (name.startsWith(`${id}.`)) this.#removeFile(name);
    }
  }

  #removeFile(name: string): void {
    try {
      rmSync(join(this.#options.folder, name), { force: true });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.onProblem({ key: 'report.problem.notRemoved', parameters: { name, reason } });
    }
  }

  #found(id: string): ReportInfo {
    const info = this.#options.index.find(id);
    if (info === undefined) throw failure('NOT_FOUND', 'report.failure.notFound');
    return info;
  }

  #path(id: string, format: ReportFormat): string {
    return join(this.#options.folder, `${id}.${format}`);
  }

  #changed(): void {
    if (!this.#closed) this.#options.onChange(this.state());
  }
}

function failure(
  kind: Failure['kind'],
  key: string,
  parameters: Message['parameters'] = {},
  cause?: unknown,
): FailureError {
  return new FailureError({ kind, message: { key, parameters }, cause });
}

function cancelled(): FailureError {
  return failure('CANCELLED', 'report.failure.cancelled');
}

function asFailure(error: unknown): FailureError {
  if (error instanceof FailureError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return failure('INTERNAL', 'report.failure.notMade', { reason }, error);
}
