import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ParsedLogFilter } from '../../src-preload/contract/log-filter.ts';
import type { MaskingRule } from '../../src-preload/contract/masking.ts';
import { topFixes } from './diagnose/score.ts';
import type { Clock } from './flow/clock.ts';
import type { Failure } from './flow/failure.ts';
import { createMasker } from './parse/mask.ts';
import { UserPseudonyms } from './parse/masking/users.ts';
import { SignInLines } from './report-sign-ins.ts';
import type { MaskingTools } from './report/pseudonyms.ts';
import type { LatestDiagnosis, ReportQueries } from './report/queries.ts';
import { openReadable, openWritable, type ReadableDatabase } from './store/database.ts';
import { MetricReader } from './store/metrics/metric-reading.ts';
import { stateMigrations } from './store/migrations/state/index.ts';
import { createFieldReader } from './parse/field-reader.ts';
import { openLogReader } from './store/read/log-reader.ts';
import { AlertReader } from './store/state/alert-reader.ts';
import { readAnchor } from './store/state/audit-anchor.ts';
import { AuditReader } from './store/state/audit-chain.ts';
import { verifyAudit } from './store/state/audit-verify.ts';
import { DiagnosisHistory } from './store/state/diagnoses.ts';
import { unwatchedSpans } from './store/state/engine-runs.ts';
import { FindingReader } from './store/state/finding-reader.ts';
import { FindingStatistics } from './store/state/finding-statistics.ts';

export interface ReportSourcesOptions {
  dataDirectory: string;
  /** Folder of the detection rules, which know where a line names a user. */
  resources: string;
  /** The user's own masking rules. */
  maskingRules: readonly MaskingRule[];
  clock: Clock;
  /** Told about what can't be read; the report leaves it out and says so. */
  onProblem: (problem: Failure) => void;
}

/** The stores of a data directory, open for reading: an engine may be writing them, or none, or they may not exist. */
export interface ReportSources {
  queries: ReportQueries;
  masking: MaskingTools;
  close(): void;
}

/** A run counts as alive for this long after its last sign of life: twice the engine's ALIVE_MS. */
const ALIVE_TOLERANCE_MS = 20_000;
const NEVER = { cancelled: false };
const ALL_LINES: ParsedLogFilter = { text: '', regex: false };

/** @throws FailureError when a store was written by another version */
export function openReportSources(options: ReportSourcesOptions): ReportSources {
  const { dataDirectory, onProblem } = options;
  const database = openStateForReading(options);
  const logs = openLogReader(dataDirectory, {
    onProblem,
    stopwatch: () => performance.now(),
    fields: createFieldReader(options.clock),
    clock: options.clock,
  });
  const metrics = new MetricReader(dataDirectory);
  const findings = new FindingReader(database);
  const statistics = new FindingStatistics(database);
  const alerts = new AlertReader(database);
  const audit = new AuditReader(database);
  const diagnoses = new DiagnosisHistory(database);
  const signIns = new SignInLines(options.clock, options);
  const queries: ReportQueries = {
    snapshot: (read) => database.snapshot(read),
    findingFacts: (range) => statistics.facts(range),
    addressCounts: (range) => statistics.addresses(range),
    findings: (range, limit) => findings.newest(range, limit),
    worstAddresses: (range, limit) =>
      findings
        .addresses(range, limit)
        .addresses.flatMap(({ address }) => findings.address(address, range) ?? []),
    alertsFired: (range) => alerts.fired(range),
    alertsOpenAt: (time) => alerts.openAt(time),
    succeededSignIns: (guessers, range) => signIns.succeeded(guessers, range, logs),
    usersIn: (lines) => [...signIns.usersIn(lines)],
    gaps: (range) => unwatchedSpans(database, range, ALIVE_TOLERANCE_MS),
    auditEntries: ({ from, to }) => audit.within(from, to),
    auditHead: () => audit.head(),
    verifyAudit: () => {
      const recorded = readAnchor(dataDirectory);
      return verifyAudit(audit, recorded === undefined ? [] : [recorded]);
    },
    logStatistics: (range) => logs.statistics(range, NEVER),
    logHistogram: (range, buckets) => logs.histogram(ALL_LINES, range, buckets, NEVER),
    worstLines: (range, limit) =>
      logs
        .search({ ...ALL_LINES, severities: ['critical', 'error'], range }, 'older', undefined, limit, NEVER)
        .lines.reverse(),
    series: (names, range, points) =>
      metrics.range(
        names.map((name) => ({ name })),
        range,
        points,
      ),
    latestDiagnosis: ({ to }) => latestBefore(diagnoses, to),
  };
  return {
    queries,
    masking: maskingTools(keyOf(database), options.maskingRules, signIns),
    close: () => {
      logs.close();
      metrics.close();
      database.close();
    },
  };
}

/** The newest run that began before a time, what to mend first by it, and the runs before it. */
function latestBefore(diagnoses: DiagnosisHistory, time: number): LatestDiagnosis {
  const history = diagnoses.before(time);
  const run = history[0] === undefined ? undefined : diagnoses.find(history[0].id);
  return { run, fixes: run === undefined ? [] : topFixes(run.checks), history };
}

/** A directory that nothing was ever written to reads as an empty one. */
function openStateForReading({ dataDirectory, clock, onProblem }: ReportSourcesOptions): ReadableDatabase {
  const path = join(dataDirectory, 'state.db');
  if (existsSync(path)) return openReadable(path, stateMigrations);
  return openWritable(':memory:', {
    migrations: stateMigrations,
    synchronous: 'NORMAL',
    clock,
    onProblem,
  });
}

/** The installation's own key, so that a pseudonym is the same in lines, screens and reports. */
function keyOf(database: ReadableDatabase): string {
  const kept = database.query<[string], { value: string }>('SELECT value FROM meta WHERE name = ?');
  return kept.get('masking.key')?.value ?? randomBytes(32).toString('hex');
}

function maskingTools(key: string, rules: readonly MaskingRule[], signIns: SignInLines): MaskingTools {
  const users = new UserPseudonyms(key);
  const secrets = createMasker({ secrets: true, users: false, key, rules });
  return {
    pseudonym: (kind, value) => {
      if (kind === 'user') return users.of(value);
      const digest = createHmac('sha256', key).update(value.toLowerCase()).digest('hex').slice(0, 6);
      return kind === 'email' ? `mail-${digest}` : `account-${digest}`;
    },
    usersIn: (lines) => signIns.usersIn(lines),
    withoutSecrets: (text) => secrets.preview(text).text,
  };
}
