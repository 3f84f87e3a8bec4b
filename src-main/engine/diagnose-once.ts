import { join } from 'node:path';
import type {
  Diagnosis,
  DiagnosisDifference,
  DiagnosisProgress,
  TopFix,
} from '../../src-preload/contract/diagnosis.ts';
import type { Message } from '../../src-preload/contract/shared.ts';
import { ConnectionLedger } from './connection-ledger.ts';
import { createDiagnosis } from './diagnosis-setup.ts';
import type { DiagnosisService } from './diagnose/diagnosis.ts';
import { topFixes } from './diagnose/score.ts';
import { systemClock } from './flow/clock.ts';
import { FailureError } from './flow/failure.ts';
import { createMasker } from './parse/mask.ts';
import type { ThreadFiles } from './pipeline.ts';
import { RuleLibrary, type RulePlaces } from './rule-library.ts';
import { takeDirectory } from './store/data-directory.ts';
import { openMetricStore } from './store/metrics/metric-store.ts';
import { StateDiagnoses } from './store/state/diagnoses.ts';
import { openState } from './store/state/state-database.ts';
import { StateValues } from './store/state/values.ts';
import type { DiagnosisStore, MetricStore } from './store/types.ts';
import { storedSettings } from './stored-settings.ts';

export interface DiagnoseOptions extends RulePlaces {
  dataDirectory: string;
  threads: ThreadFiles;
  managedSettings: string;
  /** Compare with the run of this id, or (`previous`) with the one before. */
  compareWith: string | undefined;
  onProgress: (progress: DiagnosisProgress) => void;
  /** Something the user should know: the run is not kept, a check failed. */
  onProblem: (problem: Message) => void;
  signal: AbortSignal;
}

/** A run with what to mend first, and what changed. */
export interface DiagnosedOnce {
  run: Diagnosis;
  fixes: TopFix[];
  difference?: DiagnosisDifference | undefined;
}

/** What a run needs of a data directory. */
interface Kept {
  store: DiagnosisStore | undefined;
  metrics: MetricStore | undefined;
  /** Key of user pseudonyms; without a store a passing one. */
  maskingKey: string;
  close: () => void;
}

/**
 * Diagnoses this machine in a process without an engine, and keeps the run in the data directory where that can be
 * written.
 * @throws FailureError CONFLICT when an engine holds the directory: attach to it instead
 */
export async function diagnoseOnce(options: DiagnoseOptions): Promise<DiagnosedOnce> {
  const kept = keptIn(options);
  const settings = storedSettings(options.dataDirectory, options.managedSettings);
  const rules = new RuleLibrary(options, join(options.dataDirectory, 'rules'), () => undefined);
  const diagnosis: DiagnosisService = createDiagnosis({
    dataDirectory: options.dataDirectory,
    resources: options.resources,
    threadFile: options.threads.selfCheck,
    clock: systemClock,
    store: kept.store,
    settings: () => settings,
    rules,
    metrics: kept.metrics,
    outbound: new ConnectionLedger(systemClock),
    masker: () => createMasker({ ...settings.masking, key: kept.maskingKey }),
    watching: undefined,
    // Alerts are the engine's: the next one compares with this run.
    observe: () => undefined,
    onChange: ({ running }) => {
      if (running !== undefined) options.onProgress(running);
    },
    onFault: (event, error) => {
      const reason = error instanceof Error ? error.message : String(error);
      options.onProblem({ key: 'diagnose.failure.step', parameters: { event, reason } });
    },
  });
  try {
    const { ended } = diagnosis.start();
    options.signal.addEventListener('abort', () => diagnosis.cancel(), { once: true });
    const run = await ended;
    const { compareWith } = options;
    const earlier = compareWith === 'previous' ? diagnosis.runs(2)[1]?.id : compareWith;
    const difference = earlier === undefined ? undefined : diagnosis.difference(earlier, run.id);
    return { run, fixes: topFixes(run.checks), difference };
  } finally {
    rules.close();
    kept.close();
  }
}

function keptIn({ dataDirectory, onProblem }: DiagnoseOptions): Kept {
  const clock = systemClock;
  try {
    const lock = takeDirectory(dataDirectory, clock.now());
    const database = openState(dataDirectory, { clock, onProblem: ({ message }) => onProblem(message) });
    const metrics = openMetricStore({
      directory: dataDirectory,
      clock,
      onProblem: ({ message }) => onProblem(message),
    });
    return {
      store: new StateDiagnoses(database),
      metrics,
      maskingKey: new StateValues(database).keyOf('masking.key'),
      close: () => {
        metrics.close();
        database.close();
        lock.release();
      },
    };
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.kind === 'CONFLICT') throw error;
    onProblem(error.failure.message);
    onProblem({ key: 'diagnose.failure.notKept', parameters: { path: dataDirectory } });
    return { store: undefined, metrics: undefined, maskingKey: '', close: () => undefined };
  }
}
