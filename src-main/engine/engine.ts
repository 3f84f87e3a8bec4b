import { join } from 'node:path';
import type { Alert } from '../../src-preload/contract/alerts.ts';
import type { ReportsState } from '../../src-preload/contract/reports.ts';
import type { SettingsState } from '../../src-preload/contract/settings.ts';
import type { QueueState, SourceHealth, Status } from '../../src-preload/contract/system.ts';
import { AlertCentre } from './alert/alert-centre.ts';
import { loadAlertRules } from './alert/load-rules.ts';
import { engineRouter } from './api/router.ts';
import { Feeds } from './api/server/feeds.ts';
import { HostServices } from './api/server/host-services.ts';
import { serve } from './api/server/serve.ts';
import { ArchiveKey, Archiving } from './archiving.ts';
import { bundleParts } from './bundle-parts.ts';
import { bundleRedactor, maskingWith } from './export-masking.ts';
import { ConnectionLedger } from './connection-ledger.ts';
import { BundleDesk } from './diagnose/bundle/desk.ts';
import { diagnosisGlance, feedingDiagnosis } from './diagnosis-setup.ts';
import type { Engine, EngineOptions } from './engine-options.ts';
import { explainWith } from './explain.ts';
import { FaultLog } from './fault-log.ts';
import { systemClock } from './flow/clock.ts';
import type { Failure } from './flow/failure.ts';
import { readFinding, type WrittenFinding } from './flow/finding.ts';
import { guardedSteps } from './guarded-steps.ts';
import { identityOf } from './identity.ts';
import { IntakeCounter } from './intake-counter.ts';
import { openTail } from './live-tail.ts';
import { LogFollowing } from './log-following.ts';
import { LogSources } from './log-sources.ts';
import { openForReading } from './open-bundle.ts';
import { lineWorkers } from './line-worker-pool.ts';
import { Pipeline } from './pipeline.ts';
import { ProblemList } from './problem-list.ts';
import { liveFacts, ReportDesk } from './report-desk.ts';
import { RuleLibrary } from './rule-library.ts';
import { Receiving } from './receiving.ts';
import { detectionRules } from './rule-list.ts';
import { SettingsFile } from './settings/settings-file.ts';
import { Sampling } from './sampling.ts';
import { StatusBoard } from './status-board.ts';
import { threadSettings } from './thread-settings.ts';
import { takeDirectory } from './store/data-directory.ts';
import { openMetricStore } from './store/metrics/metric-store.ts';
import { ReaderPool } from './store/read/reader-pool.ts';
import { recordedHeads } from './store/state/audit-anchor.ts';
import { verifyAudit } from './store/state/audit-verify.ts';
import { openStateStores } from './store/state/state-stores.ts';

export type { Engine, EngineOptions } from './engine-options.ts';

const STATUS_MS = 1000;
/** What only time brings about in alerts, whatever the collection's interval. */
const ALERT_TICK_MS = 5000;
const ALIVE_MS = 10_000;
const MAINTAIN_MS = 60_000;
/** A scheduled report may be this late. */
const SCHEDULE_MS = 20_000;
const ARCHIVE_MS = 10 * 60_000;
const READERS = 2;
const ALERT_PUSH_MS = 100;

/**
 * Starts an engine on a data directory. Reads from top to bottom as data flows: store, settings and rules, alerts, the
 * log pipeline, the wire; sources start last and stop first.
 * @throws FailureError CONFLICT when another engine holds the directory
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { dataDirectory, resources, threads, version } = options;
  // What another copy handed over is only looked at: nothing is collected, evaluated, made or let go.
  const watches = options.mode !== 'bundle';
  const clock = systemClock;
  const startedAt = clock.now();
  const lock = takeDirectory(dataDirectory, startedAt);
  await options.prepare?.();
  const faults = new FaultLog(dataDirectory, clock);
  const feeds = new Feeds();
  const host = new HostServices();
  const problems = new ProblemList();
  const { guarded, fault } = guardedSteps(faults, problems);
  const connections = new ConnectionLedger(clock);
  const onProblem = (problem: Failure): void => problems.add('error', problem.message);

  // What is kept.
  const kept = openStateStores(dataDirectory, {
    clock,
    onProblem,
    onAnchorFault: (error) => fault('recording the head of the audit chain', error),
  });
  const { runs, audit, diagnoses, values, findings } = kept;
  runs.begin(startedAt);
  if (!audit.begin()) problems.add('critical', { key: 'audit.broken', parameters: {} });
  const metrics = openMetricStore({ directory: dataDirectory, clock, onProblem });
  const readers = new ReaderPool({
    threadFile: threads.reader,
    directory: dataDirectory,
    threads: READERS,
    onProblem,
    ownFormats: () => logSources.ownFormats(),
  });

  // What is wanted.
  const settingsChanges = feeds.feed<SettingsState>({ name: 'feed.settings', coalesce: 'newest', limit: 1 });
  const settings = new SettingsFile({
    file: join(dataDirectory, 'settings.yaml'),
    managedFile: options.managedSettings,
    overrides: options.overrides,
    clock,
    onChange: (state) => {
      settingsChanges.publish([state]);
      problems.replaceRefused(state);
      configure();
    },
    record: (changes) =>
      kept.transaction(() => {
        for (const { by, path, before, after } of changes)
          audit.record({ actor: by, action: 'settingChanged', subject: path, details: { before, after } });
      }),
  });
  problems.replaceRefused(settings.state());
  const rules = new RuleLibrary(options, join(dataDirectory, 'rules'), () => configure());
  const maskingKey = values.keyOf('masking.key');
  const masking = maskingWith(() => settings.current.masking, maskingKey, options);

  // What people are told.
  const alertChanges = feeds.feed<Alert[]>({
    name: 'feed.alerts',
    coalesce: 'newest',
    limit: 1,
    intervalMs: ALERT_PUSH_MS,
  });
  const alertRules = loadAlertRules(join(resources, 'alert-rules'));
  for (const problem of alertRules.problems) problems.add('error', problem.message);
  const alerts = new AlertCentre({
    store: kept.alerts,
    findings,
    values,
    audit,
    clock,
    rules: alertRules.rules,
    settings: () => settings.current,
    notify: (notice) => host.ask((services, signal) => services.notify(notice, { signal })),
    onChange: () => {
      const active = alerts.active();
      alertChanges.publish([active]);
      options.onAlerts?.(active);
    },
    unwatched: (range) => runs.gaps(range, 2 * ALIVE_MS),
    watchesLogs: () => logSources.watchesAny,
  });

  // The log pipeline.
  const tail = openTail(feeds, {
    clock,
    ownFormat: (id) => logSources.ownFormat(id),
    // At once, not with the next status: lines that come meanwhile would be in no search and in no push.
    onWanted: () => pipeline.wantTail(true),
  });
  const intake = new IntakeCounter(clock);
  const logSources = new LogSources(settings, clock);
  const takeFindings = (found: WrittenFinding[], upTo: number): void => {
    if (found.length > 0) alerts.acceptFindings(found.map(readFinding));
    pipeline.findingsKept(upTo);
  };
  const pipeline = await Pipeline.start({
    threads,
    dataDirectory,
    workers: lineWorkers(),
    ...threadSettings(settings.current, rules, maskingKey),
    onCommitted: (committed) => {
      takeFindings(committed.findings, committed.findingsUpTo);
      intake.count(committed);
      logSources.count(committed);
      tail.publish(committed);
    },
    onFound: takeFindings,
    onFailed: (chunk, error) => {
      faults.write('chunk failed', { path: chunk.path, from: chunk.from }, error);
      problems.add('error', error.failure.message);
    },
    onWaiting: (reason) => intake.waiting(reason),
    onProblem: (message) => problems.add('error', message),
    onReport: (report) => intake.report(report),
    onRetained: (partition, bytes) =>
      faults.write('partition past its age or size deleted', { partition, bytes }),
    onFatal: options.onFatal,
  });

  function configure(): void {
    const { worker, writer } = threadSettings(settings.current, rules, maskingKey);
    pipeline.configure(worker, writer);
    following.refresh();
    problems.replace(
      'detect.',
      rules.problems.map((problem) => problem.message),
    );
  }

  // Sources; started below, once everything they feed is there.
  const sampling = new Sampling({
    clock,
    values,
    metrics,
    alerts,
    intake,
    feeds,
    outbound: connections,
    settings: () => settings.current,
    onError: (error) => fault('collecting', error),
  });
  const receiving = new Receiving({
    clock,
    pipeline,
    values,
    audit,
    problems,
    settings: () => settings.current.receiver,
    keepSamples: (received) => sampling.keep(received),
    onError: (error) => fault('receiving', error),
  });
  const following = new LogFollowing({
    receiving,
    sources: logSources,
    pipeline,
    clock,
    outbound: connections,
    onError: (error) => fault('reading logs', error),
  });
  // What is handed over.
  const bundles = new BundleDesk({
    directory: join(dataDirectory, 'bundles'),
    version,
    clock,
    audit,
    redactor: (request) => bundleRedactor(masking.forExport(), request),
    sources: bundleParts({
      dataDirectory,
      findings,
      alerts: kept.alerts,
      metrics,
      audit,
      settings: () => settings.current,
      diagnoses: () => diagnoses.newest(),
      search: (filter, cursor, limit, signal) => readers.search(filter, 'older', cursor, limit, { signal }),
    }),
  });

  const archiving = new Archiving({
    dataDirectory,
    clock,
    readers,
    audit,
    problems,
    settings: () => settings.current.retention,
    key: new ArchiveKey({ host, audit, keyFile: () => settings.current.retention.archive.keyFile }),
    release: (partitions) => pipeline.release(partitions),
  });

  // The wire.
  const identity = identityOf(options, startedAt);
  // Whoever connects first may ask before `serve` has returned.
  let wireQueues = (): QueueState[] => [];
  const sourceHealth = (): SourceHealth[] =>
    watches ? [sampling.health(), ...logSources.health(following)] : [];
  const queues = (): QueueState[] => [
    ...intake.queues(),
    ...receiving.queues(),
    ...feeds.states(),
    readers.queue(),
    metrics.state(),
    ...alerts.queues(),
    ...wireQueues(),
  ];
  const diagnosing = feedingDiagnosis(feeds, {
    dataDirectory,
    resources,
    threadFile: threads.selfCheck,
    clock,
    store: diagnoses,
    settings: () => settings.current,
    rules,
    metrics,
    outbound: connections,
    masker: masking.masker,
    watching: () => ({ sources: sourceHealth(), queues: queues() }),
    observe: (observations) => alerts.acceptObservations(observations),
    onFault: (event, error) => faults.write(event, {}, error),
  });
  const board = new StatusBoard({
    clock,
    dataDirectory,
    alerts: () => alerts.active(),
    sources: sourceHealth,
    queues,
    rules: () => ({
      count: rules.rules.loaded.length + alerts.evaluation.rules,
      lastEvaluatedAt: alerts.evaluation.lastAt ?? intake.evaluatedAt,
    }),
    intake,
    problems,
    usedBytes: () => intake.usedBytes + metrics.usedBytes(),
    outboundConnections: () => connections.total,
    audit: () => audit.head(),
    diagnosis: () => diagnosisGlance(diagnosing.diagnosis.latest),
  });
  const reportChanges = feeds.feed<ReportsState>({ name: 'feed.reports', coalesce: 'newest', limit: 1 });
  const desk = new ReportDesk({
    dataDirectory,
    resources,
    fonts: options.fonts,
    version,
    thread: threads.reportWriter,
    clock,
    index: kept.reports,
    schedules: kept.schedules,
    audit,
    settings: () => settings.current,
    live: () => liveFacts(board.status()),
    onChange: (state) => reportChanges.publish([state]),
    onProblem: (problem) => problems.replace(problem.key, [problem]),
  });
  const statusChanges = feeds.feed<Status>({ name: 'feed.status', coalesce: 'newest', limit: 1 });
  const wire = await serve({
    router: engineRouter({
      system: {
        identity,
        status: () => board.status(),
        statusChanges,
        ribbon: (from, stepMs) => alerts.ribbon(from, stepMs),
        connections: () => connections.list(),
        feeds,
      },
      metrics: { metrics, samples: sampling.feed },
      logs: {
        archiving,
        audit,
        readers,
        findings,
        sources: logSources,
        sourceStates: following,
        tail: tail.feed,
        masking,
        outbound: connections,
      },
      threats: {
        findings,
        explain: (line, timeZone) => explainWith(rules.rules, line, timeZone, clock),
        rules: () => ({
          rules: detectionRules(rules.rules, findings.countByRule(clock.now() - 86_400_000)),
          problems: rules.problems,
        }),
      },
      alerts: { alerts, alertChanges },
      bundle: {
        desk: bundles,
        open: (path, passphrase) => openForReading(path, passphrase, dataDirectory, audit),
      },
      reports: { desk, reportChanges },
      audit: { chain: audit, verify: () => verifyAudit(audit, recordedHeads(dataDirectory)) },
      diagnosis: diagnosing,
      receiver: { receiving },
      settings: { settings, settingsChanges },
    }),
    dataDirectory,
    version,
    clock,
    host,
    readOnly: !watches,
    logFault: ({ logId, call, error }) => faults.write('call failed', { logId, call }, error),
    ...(options.onOwnerGone === undefined ? {} : { onOwnerGone: options.onOwnerGone }),
  });
  wireQueues = () => wire.queues();

  // From here on it watches.
  settings.watch();
  rules.watch();
  const timers = [
    setInterval(() => guarded('telling the state', tellStatus), STATUS_MS),
    setInterval(() => guarded('keeping the run', () => runs.alive(clock.now())), ALIVE_MS),
  ];
  if (watches) {
    sampling.start();
    following.start();
    timers.push(
      setInterval(() => guarded('evaluating alerts', () => alerts.tick()), ALERT_TICK_MS),
      setInterval(() => guarded('maintaining the store', () => sampling.maintain()), MAINTAIN_MS),
      setInterval(() => void archiving.run(), ARCHIVE_MS),
      setInterval(() => guarded('scheduling reports', () => desk.scheduler.tick()), SCHEDULE_MS),
    );
  }

  function tellStatus(): void {
    intake.measure();
    pipeline.wantTail(tail.feed.wanted);
    if (statusChanges.wanted) statusChanges.publish([board.status()]);
  }

  return {
    identity,
    status: () => board.status(),
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await diagnosing.diagnosis.close();
      await sampling.stop();
      await following.stop();
      await archiving.close();
      await desk.close();
      await pipeline.stop();
      feeds.close();
      await wire.close();
      settings.close();
      rules.close();
      await readers.close();
      metrics.close();
      kept.close();
      lock.release();
    },
  };
}
