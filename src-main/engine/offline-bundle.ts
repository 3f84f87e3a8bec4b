import type { BundleRequest } from '../../src-preload/contract/bundle.ts';
import { bundleParts } from './bundle-parts.ts';
import { bundleRedactor } from './export-masking.ts';
import { makeBundle, type MadeBundle } from './diagnose/bundle/make-bundle.ts';
import { systemClock } from './flow/clock.ts';
import type { Failure } from './flow/failure.ts';
import { openLogs } from './offline.ts';
import { takeDirectory } from './store/data-directory.ts';
import { openMetricStore } from './store/metrics/metric-store.ts';
import { StateAlerts } from './store/state/alerts.ts';
import { AuditChain } from './store/state/audit-chain.ts';
import { DiagnosisHistory } from './store/state/diagnoses.ts';
import { FindingStore } from './store/state/findings.ts';
import { openState } from './store/state/state-database.ts';
import { StateValues } from './store/state/values.ts';
import { storedSettings } from './stored-settings.ts';

export interface OfflineBundleOptions {
  dataDirectory: string;
  managedSettings: string;
  version: string;
  onProblem: (problem: Failure) => void;
}

/**
 * Makes a bundle of a data directory on which no engine runs: when the engine does not start is when one is wanted.
 * @throws FailureError CONFLICT when an engine holds the directory
 */
export async function makeBundleOffline(
  request: BundleRequest,
  options: OfflineBundleOptions,
): Promise<MadeBundle> {
  const { dataDirectory: directory, onProblem, version } = options;
  const clock = systemClock;
  const lock = takeDirectory(directory, clock.now());
  try {
    const database = openState(directory, { clock, onProblem });
    const onError = (cause: unknown): void =>
      onProblem({
        kind: 'INTERNAL',
        message: { key: 'audit.notRecorded', parameters: { reason: String(cause) } },
      });
    const audit = new AuditChain(database, { directory, clock, onError });
    audit.begin();
    const settings = storedSettings(directory, options.managedSettings);
    const key = new StateValues(database).keyOf('masking.key');
    const metrics = openMetricStore({ directory, clock, onProblem });
    const sources = bundleParts({
      dataDirectory: directory,
      findings: new FindingStore(database),
      alerts: new StateAlerts(database),
      metrics,
      audit,
      settings: () => settings,
      diagnoses: () => new DiagnosisHistory(database).newest(),
      search: (filter, cursor, limit) => {
        const logs = openLogs(directory, onProblem);
        try {
          return logs.search(filter, 'older', cursor, limit, { cancelled: false });
        } finally {
          logs.close();
        }
      },
    });
    const made = await makeBundle(
      request,
      {
        version,
        clock,
        sources,
        redactor: (asked) => bundleRedactor({ key, rules: settings.masking.rules }, asked),
      },
      undefined,
    );
    audit.record({
      actor: 'terminal',
      action: 'bundleMade',
      subject: made.name,
      details: { parts: request.parts, ...request.range, bytes: made.content.length },
    });
    audit.anchor();
    metrics.close();
    database.close();
    return made;
  } finally {
    lock.release();
  }
}
