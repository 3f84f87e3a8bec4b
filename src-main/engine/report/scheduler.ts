import { rmSync } from 'node:fs';
import type {
  ReportInfo,
  ReportRequest,
  ReportSchedule,
  ScheduleState,
} from '../../../src-preload/contract/reports.ts';
import { formatTime } from '../../../src-preload/contract/format.ts';
import type { Message, TimeRange } from '../../../src-preload/contract/shared.ts';
import type { Clock } from '../flow/clock.ts';
import { FailureError } from '../flow/failure.ts';
import type { KeptSchedule, ScheduleMemory } from '../store/types.ts';
import { deliver } from './deliver.ts';
import type { ReportLibrary } from './report-library.ts';
import { lastTime, nextTime, periodOf, periodUntil, planText } from './schedule-times.ts';

/** A try that failed is repeated after this long, then after twice as long, up to the limit. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;

export interface ReportSchedulerOptions {
  clock: Clock;
  /** This machine's zone, asked anew each time: a laptop travels. */
  timeZone: () => string;
  schedules: () => ReportSchedule[];
  memory: ScheduleMemory;
  library: Pick<ReportLibrary, 'create' | 'list' | 'fileOf'>;
  /** A schedule was made, or failed. */
  onChange: () => void;
}

/** How a schedule's tries fare; forgotten when the engine ends, which is a try anew. */
interface Tries {
  failures: number;
  notBefore: number;
  failure: Message | undefined;
  running: boolean;
}

/**
 * Makes reports at their times and puts them into their folders. A time that passed while nothing ran (asleep, off, killed)
 * is made up for once, for its own period; of several that passed only the newest.
 */
export class ReportScheduler {
  readonly #options: ReportSchedulerOptions;
  readonly #tries = new Map<string, Tries>();

  constructor(options: ReportSchedulerOptions) {
    this.#options = options;
  }

  /** Looks what is due; called every so often, and never waits. */
  tick(): void {
    const schedules = this.#options.schedules();
    this.#options.memory.keepOnly(schedules.map(({ name }) => name));
    const now = this.#options.clock.now();
    for (const schedule of schedules) {
      if (!schedule.enabled) continue;
      const tries = this.#triesOf(schedule.name);
      if (tries.running || now < tries.notBefore) continue;
      const kept = this.#kept(schedule, now);
      const due = lastTime(schedule, now, this.#options.timeZone());
      if (due > kept.coveredUntil)
        this.#make(schedule, periodOf(schedule, due, this.#options.timeZone()), true);
      else if (kept.undelivered !== undefined) this.#deliverAgain(schedule, kept.undelivered);
    }
  }

  states(): ScheduleState[] {
    const { clock, schedules, memory, timeZone } = this.#options;
    return schedules().map((schedule) => {
      const kept = memory.get(schedule.name);
      return {
        name: schedule.name,
        nextAt: schedule.enabled ? nextTime(schedule, clock.now(), timeZone()) : undefined,
        lastSentAt: kept?.lastSentAt,
        lastFile: kept?.lastFile,
        failure: this.#tries.get(schedule.name)?.failure,
      };
    });
  }

  /** Makes a schedule's report now, about as long a time up to now. @throws FailureError NOT_FOUND, CONFLICT, UNAVAILABLE */
  runNow(name: string): string {
    const { clock, schedules, timeZone } = this.#options;
    const schedule = schedules().find((each) => each.name === name);
    if (schedule === undefined) throw failure('NOT_FOUND', 'report.failure.noSchedule', { name });
    if (this.#triesOf(name).running) throw failure('CONFLICT', 'report.failure.scheduleRuns', { name });
    this.#kept(schedule, clock.now());
    const id = this.#make(schedule, periodUntil(schedule, clock.now(), timeZone()), false);
    if (id !== undefined) return id;
    const message = this.#triesOf(name).failure ?? { key: 'report.failure.notMade', parameters: {} };
    throw new FailureError({ kind: 'UNAVAILABLE', message });
  }

  /** What is remembered of it; one that is new, or due at other times than before, begins with the next time. */
  #kept(schedule: ReportSchedule, now: number): KeptSchedule {
    const { memory, timeZone } = this.#options;
    const plan = planText(schedule);
    const kept = memory.get(schedule.name);
    if (kept?.plan === plan) return kept;
    const begun = { ...kept, plan, coveredUntil: lastTime(schedule, now, timeZone()) };
    memory.set(schedule.name, begun);
    return begun;
  }

  /** @returns the job's id; undefined when it could not even begin */
  #make(schedule: ReportSchedule, range: TimeRange, covers: boolean): string | undefined {
    const { kind, language, formats, name } = schedule;
    const request: ReportRequest = { kind, range, language, formats, without: [], pseudonyms: true };
    const tries = this.#triesOf(name);
    try {
      const { id, made } = this.#options.library.create(request, covers ? 'schedule' : 'operator', name);
      tries.running = true;
      void made
        .then((info) => this.#made(schedule, info, covers))
        .catch((error: unknown) => this.#failed(name, error))
        .finally(() => {
          tries.running = false;
          this.#options.onChange();
        });
      return id;
    } catch (error) {
      this.#failed(name, error);
      this.#options.onChange();
      return undefined;
    }
  }

  #made(schedule: ReportSchedule, info: ReportInfo, covers: boolean): void {
    const kept = this.#options.memory.get(schedule.name);
    if (kept === undefined) return;
    const made: KeptSchedule = { ...kept, undelivered: info.id };
    if (covers) made.coveredUntil = Math.max(kept.coveredUntil, info.range.to);
    // Before it is put anywhere: what can't be delivered is delivered later, and not made once more.
    this.#options.memory.set(schedule.name, made);
    this.#deliver(schedule, info);
  }

  #deliverAgain(schedule: ReportSchedule, id: string): void {
    const info = this.#options.library.list().find((each) => each.id === id);
    try {
      if (info === undefined) this.#forgetUndelivered(schedule.name);
      else this.#deliver(schedule, info);
    } catch (error) {
      this.#failed(schedule.name, error);
    }
    this.#options.onChange();
  }

  #deliver({ name, folder }: ReportSchedule, info: ReportInfo): void {
    const { clock, library, memory, timeZone } = this.#options;
    const date = formatTime(info.range.to, 'date', timeZone());
    const delivered: string[] = [];
    try {
      for (const { format } of info.files) {
        const file = `yagura-${info.kind}-${date}.${format}`;
        delivered.push(deliver(library.fileOf(info.id, format), folder, file));
      }
    } catch (error) {
      // All or none: the next try would put those that went well beside themselves.
      for (const file of delivered) rmSync(file, { force: true });
      throw error;
    }
    this.#tries.delete(name);
    const kept = memory.get(name);
    if (kept === undefined) return;
    const { undelivered: _, ...rest } = kept;
    memory.set(name, { ...rest, lastSentAt: clock.now(), lastFile: delivered.at(-1) });
  }

  /** The report that was to be delivered was removed meanwhile: there is nothing to put anywhere. */
  #forgetUndelivered(name: string): void {
    const kept = this.#options.memory.get(name);
    if (kept === undefined) return;
    const { undelivered: _, ...rest } = kept;
    this.#options.memory.set(name, rest);
    this.#tries.delete(name);
  }

  #failed(name: string, error: unknown): void {
    const tries = this.#triesOf(name);
    tries.failures += 1;
    tries.notBefore =
      this.#options.clock.now() +
      Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(10, tries.failures - 1));
    const reason = error instanceof Error ? error.message : String(error);
    tries.failure =
      error instanceof FailureError
        ? error.failure.message
        : { key: 'report.failure.notMade', parameters: { reason } };
  }

  #triesOf(name: string): Tries {
    let tries = this.#tries.get(name);
    if (tries === undefined) {
      tries = { failures: 0, notBefore: 0, failure: undefined, running: false };
      this.#tries.set(name, tries);
    }
    return tries;
  }
}

function failure(
  kind: 'NOT_FOUND' | 'CONFLICT',
  key: string,
  parameters: Message['parameters'],
): FailureError {
  return new FailureError({ kind, message: { key, parameters } });
}
