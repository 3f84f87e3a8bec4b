import type { Clock } from '../../flow/clock.ts';
import type { Failure } from '../../flow/failure.ts';
import { StateAlerts } from './alerts.ts';
import { AuditChain } from './audit-chain.ts';
import { StateDiagnoses } from './diagnoses.ts';
import { EngineRuns } from './engine-runs.ts';
import { FindingStore } from './findings.ts';
import { StateReports, StateSchedules } from './reports.ts';
import { openState } from './state-database.ts';
import { StateValues } from './values.ts';

/** All that an engine keeps in `state.db`: one file, which it alone writes. */
export interface StateStores {
  runs: EngineRuns;
  audit: AuditChain;
  findings: FindingStore;
  alerts: StateAlerts;
  diagnoses: StateDiagnoses;
  reports: StateReports;
  schedules: StateSchedules;
  values: StateValues;
  /** What is done within is kept together or not at all. */
  transaction: (work: () => void) => void;
  /** Notes the end of the run and the head of the audit chain. */
  close: () => void;
}

export interface StateStoresOptions {
  clock: Clock;
  onProblem: (problem: Failure) => void;
  /** The head of the audit chain could not be kept outside the database. */
  onAnchorFault: (error: unknown) => void;
}

/** @param directory the data directory, already locked by this engine */
export function openStateStores(directory: string, options: StateStoresOptions): StateStores {
  const { clock, onProblem, onAnchorFault } = options;
  const database = openState(directory, { clock, onProblem });
  const runs = new EngineRuns(database);
  const audit = new AuditChain(database, { directory, clock, onError: onAnchorFault });
  return {
    runs,
    audit,
    findings: new FindingStore(database),
    alerts: new StateAlerts(database),
    diagnoses: new StateDiagnoses(database),
    reports: new StateReports(database),
    schedules: new StateSchedules(database),
    values: new StateValues(database),
    transaction: (work) => database.transaction(work),
    close() {
      runs.end(clock.now());
      audit.anchor();
      database.close();
    },
  };
}
