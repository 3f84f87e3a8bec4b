import { statfsSync } from 'node:fs';
import { SEVERITIES, type Severity, type State } from '../../src-preload/contract/shared.ts';
import type { Alert } from '../../src-preload/contract/alerts.ts';
import type { QueueState, SourceHealth, Status } from '../../src-preload/contract/system.ts';
import type { Clock } from './flow/clock.ts';
import type { IntakeCounter } from './intake-counter.ts';
import type { ProblemList } from './problem-list.ts';

/** What the engine may need when it monitors normally (SPEC: memory). */
const MEMORY_LIMIT_BYTES = 150_000_000;

/** Where the board looks when it is asked. */
export interface StatusSources {
  clock: Clock;
  dataDirectory: string;
  intake: IntakeCounter;
  problems: ProblemList;
  alerts: () => Alert[];
  sources: () => SourceHealth[];
  queues: () => QueueState[];
  rules: () => { count: number; lastEvaluatedAt: number | undefined };
  usedBytes: () => number;
  outboundConnections: () => number;
  audit: () => Status['audit'];
  diagnosis: () => Status['diagnosis'];
}

/** The engine in one glance. */
export class StatusBoard {
  readonly #from: StatusSources;
  #cpuAt: number;
  #cpuBefore = process.cpuUsage();
  #cpuPercent = 0;

  constructor(from: StatusSources) {
    this.#from = from;
    this.#cpuAt = from.clock.now();
  }

  status(): Status {
    const { clock, intake, problems, alerts, sources, queues, rules, usedBytes } = this.#from;
    const firing = alerts().filter((alert) => alert.state === 'firing');
    const health = sources();
    const states = queues();
    const { count, lastEvaluatedAt } = rules();
    return {
      time: clock.now(),
      state: worst(firing, health, intake.waitingFor !== undefined, problems.list().length > 0),
      alerts: countBySeverity(firing),
      needsYou: firing.filter(needsSomebody).length,
      sources: health,
      ingest: {
        linesPerSecond: intake.linesPerSecond,
        linesTotal: intake.linesTotal,
        dropped: states.reduce(
          (sum, queue) => sum + (queue.name.startsWith('receive.') ? queue.dropped : 0),
          0,
        ),
        waiting: intake.waitingFor,
      },
      evaluation: { rules: count, lastAt: lastEvaluatedAt },
      queues: states,
      own: {
        cpuPercent: this.#ownCpu(),
        memoryBytes: process.memoryUsage.rss(),
        memoryLimitBytes: MEMORY_LIMIT_BYTES,
      },
      storage: { usedBytes: usedBytes(), freeBytes: this.#freeBytes() },
      problems: problems.list(),
      outboundConnections: this.#from.outboundConnections(),
      audit: this.#from.audit(),
      diagnosis: this.#from.diagnosis(),
    };
  }

  /** Of one core, all threads, since the last time it was measured; at most once a second. */
  #ownCpu(): number {
    const now = this.#from.clock.now();
    if (now - this.#cpuAt < 900) return this.#cpuPercent;
    const cpu = process.cpuUsage();
    const used = cpu.user + cpu.system - this.#cpuBefore.user - this.#cpuBefore.system;
    this.#cpuPercent = used / ((now - this.#cpuAt) * 10);
    this.#cpuBefore = cpu;
    this.#cpuAt = now;
    return this.#cpuPercent;
  }

  #freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#from.dataDirectory);
    return bavail * bsize;
  }
}

function needsSomebody(alert: Alert): boolean {
  return alert.acknowledgedAt === undefined && (alert.severity === 'critical' || alert.severity === 'error');
}

function countBySeverity(alerts: Alert[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { critical: 0, error: 0, warning: 0, info: 0 };
  for (const { severity } of alerts) counts[severity] += 1;
  return counts;
}

/** An alert outweighs blindness, blindness a trouble of Yagura's own, and that "all well". */
function worst(alerts: Alert[], sources: SourceHealth[], waiting: boolean, troubled: boolean): State {
  const severity = SEVERITIES.find((each) => alerts.some((alert) => alert.severity === each));
  if (severity !== undefined && severity !== 'info') return severity;
  if (waiting) return 'unknown';
  if (sources.some((source) => source.kind === 'host' && source.state !== 'ok')) return 'unknown';
  return troubled ? 'warning' : (severity ?? 'ok');
}
