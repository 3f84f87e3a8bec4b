import type { Message } from '../../src-preload/contract/shared.ts';
import type { QueueState } from '../../src-preload/contract/system.ts';
import type { Clock } from './flow/clock.ts';
import type { MetricSample } from './flow/metric.ts';
import { TrafficGauge } from './traffic-gauge.ts';
import type { Committed, WriterReport } from './threads/messages.ts';

/** Counts what the log pipeline takes in. */
export class IntakeCounter {
  readonly #clock: Clock;
  #lines = 0;
  #measuredLines = 0;
  #measuredAt: number;
  #linesPerSecond = 0;
  #sampledLines = 0;
  #sampledAt: number;
  #waiting: Message | undefined;
  #report: WriterReport | undefined;
  readonly #traffic = new TrafficGauge();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#measuredAt = clock.now();
    this.#sampledAt = clock.now();
  }

  count({ stored }: Committed): void {
    this.#lines += stored;
  }

  /** Storing waits for something, or goes on again. */
  waiting(reason: Message | undefined): void {
    this.#waiting = reason;
  }

  report(report: WriterReport): void {
    this.#report = report;
    this.#traffic.add(report.traffic, this.#clock.now());
  }

  /** Takes the rate since the last call; called once a second. */
  measure(): void {
    const now = this.#clock.now();
    this.#linesPerSecond = rate(this.#lines - this.#measuredLines, now - this.#measuredAt);
    this.#measuredLines = this.#lines;
    this.#measuredAt = now;
  }

  /** The rate since the last collection, and the requests of the last minute, as metrics. */
  samples(): MetricSample[] {
    const now = this.#clock.now();
    const value = rate(this.#lines - this.#sampledLines, now - this.#sampledAt);
    this.#sampledLines = this.#lines;
    this.#sampledAt = now;
    return [
      { name: 'yagura_log_lines_per_second', labels: {}, unit: 'perSecond', time: now, value },
      ...this.#traffic.samples(now),
    ];
  }

  get linesTotal(): number {
    return this.#lines;
  }

  get linesPerSecond(): number {
    return this.#linesPerSecond;
  }

  get waitingFor(): Message | undefined {
    return this.#waiting;
  }

  get usedBytes(): number {
    return this.#report?.usedBytes ?? 0;
  }

  get evaluatedAt(): number | undefined {
    return this.#report?.evaluatedAt;
  }

  queues(): QueueState[] {
    return this.#report?.queues ?? [];
  }
}

function rate(count: number, milliseconds: number): number {
  return milliseconds <= 0 ? 0 : (count * 1000) / milliseconds;
}
