import type {
  CheckResult,
  ComponentCheck,
  ComponentPreset,
  Diagnosis,
  DiagnosisDifference,
  DiagnosisProgress,
  DiagnosisState,
  DiagnosisSummary,
  TopFix,
} from '../../../src-preload/contract/diagnosis.ts';
import { CHECK_SUBJECTS } from '../../../src-preload/contract/diagnosis.ts';
import type { Settings } from '../../../src-preload/contract/settings.ts';
import type { Clock } from '../flow/clock.ts';
import { FailureError } from '../flow/failure.ts';
import type { Observation } from '../flow/observation.ts';
import type { OutboundLog } from '../flow/outbound.ts';
import type { DiagnosisStore } from '../store/types.ts';
import type { MetricReadings } from './check.ts';
import { hostChecks } from './checks/index.ts';
import { yaguraChecks } from './checks/yagura/index.ts';
import type { YaguraFacts } from './checks/yagura/facts.ts';
import { yaguraExamination } from './checks/yagura/examination.ts';
import { componentExaminations } from './components/index.ts';
import { trustedAuthorities } from './components/trust.ts';
import { differenceOf, regressions, summaryOf } from './difference.ts';
import { hostExamination, type Examination } from './examination.ts';
import type { HostProbe } from './host-probe.ts';
import { regressionObservation } from './regression.ts';
import { resultOf, type Mask } from './result.ts';
import { runExaminations, type RunLimits } from './runner.ts';
import { countsOf, coverageOf, scoresOf, topFixes } from './score.ts';

export interface DiagnosisOptions {
  clock: Clock;
  hostName: string;
  /** Where runs are kept; without, nothing is (a data directory that can't be written). */
  store: DiagnosisStore | undefined;
  settings: () => Settings;
  /** The presets of the component checks. */
  presets: () => ComponentPreset[];
  /** A fresh probe for each run: a run sees one state of the machine. */
  probe: (signal: AbortSignal) => HostProbe;
  readings: MetricReadings;
  /** What Yagura knows of itself, asked anew for each run. */
  yagura: (signal: AbortSignal) => YaguraFacts;
  outbound: OutboundLog;
  mask: () => Mask;
  observe: (observations: Observation[]) => void;
  onChange: (state: DiagnosisState) => void;
  onFault: (event: string, error: unknown) => void;
  limits?: RunLimits | undefined;
}

interface RunUnderWay {
  id: string;
  progress: DiagnosisProgress;
  cancel: AbortController;
  ended: Promise<Diagnosis>;
}

/** Runs the diagnosis, one run at a time, and keeps what it found. */
export class DiagnosisService {
  readonly #options: DiagnosisOptions;
  #running: RunUnderWay | undefined;
  #latest: DiagnosisSummary | undefined;
  /** The newest run where it could not be kept. */
  #unkept: Diagnosis | undefined;

  constructor(options: DiagnosisOptions) {
    this.#options = options;
    this.#latest = options.store?.list(1)[0];
  }

  get state(): DiagnosisState {
    return { running: this.#running?.progress, latest: this.#latest };
  }

  get latest(): DiagnosisSummary | undefined {
    return this.#latest;
  }

  /**
   * Begins a run.
   * @returns its end; it rejects with FailureError CANCELLED when it was cancelled
   * @throws FailureError CONFLICT when one is under way
   */
  start(): { id: string; ended: Promise<Diagnosis> } {
    if (this.#running !== undefined) throw failure('CONFLICT', 'diagnose.failure.running');
    const startedAt = this.#options.clock.now();
    const id = new Date(startedAt).toISOString().replaceAll(/[-:.]/g, '');
    const cancel = new AbortController();
    const progress = { startedAt, done: 0, total: 0, current: [] };
    const running: RunUnderWay = { id, progress, cancel, ended: this.#run(id, startedAt, cancel) };
    this.#running = running;
    // Whoever does not wait for the end learns of it by `watch`; a failure is told there and in the log.
    running.ended.catch(() => undefined);
    this.#tell();
    return { id, ended: running.ended };
  }

  /** Ends the run under way; nothing of it is kept. */
  cancel(): void {
    this.#running?.cancel.abort();
  }

  /** Newest first. */
  runs(limit: number): DiagnosisSummary[] {
    return this.#options.store?.list(limit) ?? [];
  }

  /** @throws FailureError NOT_FOUND */
  run(id?: string): { run: Diagnosis; fixes: TopFix[] } {
    const run = this.#demand(id);
    return { run, fixes: topFixes(run.checks) };
  }

  /** @throws FailureError NOT_FOUND */
  difference(from: string, to: string): DiagnosisDifference {
    return differenceOf(this.#demand(from), this.#demand(to));
  }

  presets(): ComponentPreset[] {
    return this.#options.presets();
  }

  /**
   * Looks once at a component, keeping nothing.
   * @throws FailureError FORBIDDEN for a program that the settings file does not name
   */
  async tryComponent(check: ComponentCheck): Promise<CheckResult> {
    const { settings, mask } = this.#options;
    if (check.kind === 'command' && !namesProgram(settings().diagnosis.components, check))
      throw failure('FORBIDDEN', 'diagnose.failure.program');
    const signal = AbortSignal.timeout(TRY_MS);
    const [examination] = this.#components([{ ...check, enabled: true }], this.#options.probe(signal));
    if (examination === undefined) throw failure('NOT_FOUND', 'diagnose.failure.noRun');
    return resultOf(examination, await examination.look(signal), mask());
  }

  /** Ends what is under way: the engine stops. */
  async close(): Promise<void> {
    this.cancel();
    await this.#running?.ended.catch(() => undefined);
  }

  async #run(id: string, startedAt: number, cancel: AbortController): Promise<Diagnosis> {
    // From here on later than `start`, so that its caller has the id before the first progress.
    await Promise.resolve();
    const { clock, hostName, mask, onFault, limits } = this.#options;
    // Ends programs that are under way when the run ends, however it does.
    const over = new AbortController();
    const signal = AbortSignal.any([cancel.signal, over.signal]);
    try {
      const probe = this.#options.probe(signal);
      const checks = await runExaminations(this.#examinations(probe, signal), {
        mask: mask(),
        signal: cancel.signal,
        limits,
        onProgress: (progress) => this.#progress({ startedAt, ...progress }),
        onFault: (checkId, error) => onFault(`diagnosis check ${checkId}`, error),
      });
      const run: Diagnosis = {
        id,
        startedAt,
        durationMs: clock.now() - startedAt,
        scores: scoresOf(checks),
        coverage: coverageOf(checks),
        counts: countsOf(checks),
        privileged: probe.privileged,
        hostName,
        platform: probe.platform,
        checks: inOrder(checks),
      };
      this.#keep(run);
      return run;
    } catch (error) {
      if (cancel.signal.aborted) throw failure('CANCELLED', 'diagnose.failure.cancelled');
      onFault('diagnosis', error);
      throw error;
    } finally {
      over.abort();
      this.#running = undefined;
      this.#tell();
    }
  }

  #examinations(probe: HostProbe, signal: AbortSignal): Examination[] {
    const { settings, readings, yagura } = this.#options;
    const facts = yagura(signal);
    return [
      // The slowest ones first: what takes seconds then runs beside the many that take none.
      ...yaguraChecks.map((check) => yaguraExamination(check, facts)),
      ...this.#components(settings().diagnosis.components, probe),
      ...hostChecks[probe.platform].map((check) => hostExamination(check, probe, readings)),
    ];
  }

  #components(checks: readonly ComponentCheck[], probe: HostProbe): Examination[] {
    const { outbound, clock } = this.#options;
    return componentExaminations(checks, {
      probe,
      outbound,
      authorities: trustedAuthorities,
      now: () => clock.now(),
    });
  }

  #keep(run: Diagnosis): void {
    const { store, observe, clock, onFault } = this.#options;
    const before = this.#unkept ?? store?.latest();
    this.#unkept = store === undefined ? run : undefined;
    try {
      store?.keep(run);
    } catch (error) {
      // A full disk: the run is shown all the same, until the engine ends.
      this.#unkept = run;
      onFault('keeping a diagnosis', error);
    }
    this.#latest = summaryOf(run);
    if (before === undefined) return;
    const worse = regressions(before, run);
    if (worse.length > 0) observe(worse.map((check) => regressionObservation(check, clock.now())));
  }

  #progress(progress: DiagnosisProgress): void {
    if (this.#running === undefined) return;
    this.#running.progress = progress;
    this.#tell();
  }

  #tell(): void {
    this.#options.onChange(this.state);
  }

  #demand(id: string | undefined): Diagnosis {
    const { store } = this.#options;
    const unkept = id === undefined || id === this.#unkept?.id ? this.#unkept : undefined;
    const run = unkept ?? (id === undefined ? store?.latest() : store?.find(id));
    if (run === undefined) throw failure('NOT_FOUND', 'diagnose.failure.noRun');
    return run;
  }
}

/** A try may take as long as the longest timeout a component can have. */
const TRY_MS = 25_000;

function inOrder(checks: readonly CheckResult[]): CheckResult[] {
  return checks.toSorted(
    (a, b) =>
      CHECK_SUBJECTS.indexOf(a.subject) - CHECK_SUBJECTS.indexOf(b.subject) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

/** Whether the settings name this very program with these very arguments. */
function namesProgram(
  known: readonly ComponentCheck[],
  check: Extract<ComponentCheck, { kind: 'command' }>,
): boolean {
  return known.some(
    (each) =>
      each.kind === 'command' &&
      each.program === check.program &&
      JSON.stringify(each.arguments) === JSON.stringify(check.arguments),
  );
}

function failure(kind: 'CONFLICT' | 'NOT_FOUND' | 'FORBIDDEN' | 'CANCELLED', key: string): FailureError {
  return new FailureError({ kind, message: { key, parameters: {} } });
}
