import type { CheckEvidence, CheckSubject, ScoreName } from '../../../src-preload/contract/diagnosis.ts';
import type { Severity } from '../../../src-preload/contract/shared.ts';
import type { HostProbe } from './host-probe.ts';

/**
 * What a check found. `found` names the words `checks.<id>.found.<found>` with `parameters`; by default the words are
 * `pass`, `fail`; an `unknown` of a {@link COMMON_UNKNOWN} kind and a `notApplicable` that names nothing have common words
 * (`diagnose.unknown.<why>`, `diagnose.notApplicable`). See verdict.ts for the usual ways to make one.
 */
export interface CheckVerdict {
  status: 'pass' | 'fail' | 'unknown' | 'notApplicable';
  found?: string | undefined;
  parameters?: Record<string, string | number> | undefined;
  evidence: CheckEvidence[];
  /** Points of a failed check that is not all bad: 0 ≤ points < weight; 0 by default. */
  points?: number | undefined;
  /** Worse or milder than the check's own severity. */
  severity?: Severity | undefined;
  /** Mends it; can be copied as it stands. No text of the host goes into it unless it was checked to be harmless. */
  command?: string | undefined;
}

/** A series of the engine's own metrics over the last minutes. */
export interface MetricReading {
  labels: Record<string, string>;
  latest: number;
  mean: number;
  maximum: number;
}

/** What the engine measured before the run; nothing where no engine collects. */
export interface MetricReadings {
  /** All series of a metric with a value in the last `minutes`. */
  over(metric: string, minutes: number): MetricReading[];
}

/**
 * One check of the host. Pure but for what it asks of the probe. Words: `checks.<id>.title`, `.why`, `.fix`,
 * `.found.<variant>` in resources/locales/<language>/checks.json.
 */
export interface Check {
  /** Stable and unique: `SSH-07`. The same id on several systems when it asks the same question. */
  id: string;
  subject: CheckSubject;
  score: ScoreName;
  /** 1–10: how much it matters against the others. */
  weight: number;
  severity: Severity;
  /** Time a person needs to mend it, in minutes. */
  minutes: number;
  references: readonly string[];
  look(host: HostProbe, readings: MetricReadings): Promise<CheckVerdict>;
}
