import type { Alert, AlertEvent, AlertRuleInfo } from '../../../src-preload/contract/alerts.ts';
import type { Settings } from '../../../src-preload/contract/settings.ts';
import type { Severity, TimeRange } from '../../../src-preload/contract/shared.ts';
import type { QueueState, RibbonCell } from '../../../src-preload/contract/system.ts';
import type { AuditTrail } from '../flow/audit-trail.ts';
import type { Clock } from '../flow/clock.ts';
import { FailureError } from '../flow/failure.ts';
import type { DetectedFinding } from '../flow/finding.ts';
import type { MetricSample } from '../flow/metric.ts';
import type { Observation } from '../flow/observation.ts';
import type { AlertHistoryPage, AlertStore, FindingIntake, KeptAlert, ValueStore } from '../store/types.ts';
import { AlertBook, byUrgency, MAX_UNRESOLVED } from './alert-book.ts';
import { EventWatch } from './event-watch.ts';
import { conditionOf, ruleTitle } from './messages.ts';
import { dueNotices, FloodGate, noticeOf, type Notice } from './notices.ts';
import { ribbonOf } from './ribbon.ts';
import type { AlertRule, EventRule } from './rule.ts';
import { MAX_INSTANCES, SeriesWatch, type SeriesRule } from './series-watch.ts';

export interface AlertCentreOptions {
  store: AlertStore;
  findings: FindingIntake;
  values: ValueStore;
  /** Takes down what people do to alerts. */
  audit: AuditTrail;
  clock: Clock;
  rules: AlertRule[];
  settings: () => Settings;
  /** Shows a notice on the desktop; rejects when nobody could show it. */
  notify: (notice: Notice) => Promise<unknown>;
  /** The list of active alerts has changed. */
  onChange: () => void;
  /** Spans of a range in which no engine ran. */
  unwatched: (range: TimeRange) => TimeRange[];
  /** Whether any log is read: without, attacks have no source. */
  watchesLogs: () => boolean;
}

/** A running engine ticks every few seconds, at the least with every collection; beyond this it slept or did not run. */
const LONGEST_TICK_GAP_MS = 60_000;
/** A notice nobody could show is tried again after this. */
const NOTICE_RETRY_MS = 60_000;
const EVALUATED_AT = 'alerts.evaluatedAt';
const DAY_MS = 86_400_000;
/** F63: a year at least; and a limit for a machine under constant fire. */
const KEPT_DAYS = 400;
const KEPT_ALERTS = 200_000;
const KEPT_FINDINGS = 1_000_000;

/**
 * Alerts from values, findings and observations: opened, repeated, acknowledged, ended, told. Everything that happens is
 * committed to state.db in the transaction of what caused it; after a restart it goes on where it was.
 */
export class AlertCentre {
  readonly #options: AlertCentreOptions;
  readonly #book: AlertBook;
  readonly #events: EventWatch;
  readonly #series: SeriesWatch;
  readonly #gate = new FloodGate();
  readonly #metricsSeen = new Set<string>();
  readonly #retryAt = new Map<string, number>();
  #lastTick: number | undefined;
  #watchingSince: number;
  #evaluatedAt: number | undefined;
  #retainedAt: number | undefined;
  #noticesFailed = 0;
  #toldChanges = 0;

  constructor(options: AlertCentreOptions) {
    this.#options = options;
    const { store, rules, clock } = options;
    this.#book = new AlertBook(store);
    this.#events = new EventWatch(this.#book, rules.filter(isEventRule));
    this.#series = new SeriesWatch(this.#book, store, rules.filter(isSeriesRule), options.settings);
    const kept = Number(options.values.get(EVALUATED_AT));
    this.#lastTick = Number.isFinite(kept) && kept > 0 ? kept : undefined;
    const gap = this.#lastTick === undefined ? Number.POSITIVE_INFINITY : clock.now() - this.#lastTick;
    this.#watchingSince = gap >= 0 && gap <= this.#longestGap() ? 0 : clock.now();
    this.#endOrphans();
    this.#reopenNotices();
  }

  /**
   * Takes findings in: each once, however often it is delivered, and its alert in the same transaction.
   * @throws FailureError when state.db can't be written; nothing was kept then, deliver it again
   */
  acceptFindings(findings: DetectedFinding[]): void {
    if (findings.length === 0) return;
    const now = this.#options.clock.now();
    this.#commit(() => {
      const changes = this.#options.findings.accept(findings);
      for (const [index, finding] of findings.entries()) {
        const change = changes[index];
        if (change !== 'known') this.#events.acceptFinding(finding, change === 'new', now);
      }
    });
    this.#tellNow(now);
  }

  acceptObservations(observations: Observation[]): void {
    if (observations.length === 0) return;
    const now = this.#options.clock.now();
    this.#commit(() => {
      for (const observation of observations) this.#events.acceptObservation(observation, now);
    });
    this.#tellNow(now);
  }

  /** Values of one collection. */
  acceptSamples(samples: MetricSample[]): void {
    if (samples.length === 0) return;
    for (const sample of samples) this.#metricsSeen.add(sample.name);
    this.#commit(() => this.#series.accept(samples));
    this.#evaluatedAt = this.#options.clock.now();
    this.#tellNow(this.#evaluatedAt);
  }

  /** What only time brings about: no data, quiet periods, notices due. Call it every few seconds. */
  tick(): void {
    const now = this.#options.clock.now();
    const gap = this.#lastTick === undefined ? 0 : now - this.#lastTick;
    this.#commit(() => {
      if (gap > this.#longestGap()) {
        this.#watchingSince = now;
        this.#events.skipUnwatched(gap);
      }
      this.#events.endQuiet(now);
      this.#series.checkMissing(now, this.#watchingSince);
      // Only where something is under way: an idle machine's disk may sleep.
      if (this.#book.size > 0 || this.#series.busy) this.#options.values.set(EVALUATED_AT, String(now));
    });
    this.#lastTick = now;
    this.#evaluatedAt = now;
    this.#retain(now);
    this.#tellNow(now);
  }

  /** Pending and firing, worst first. */
  active(): Alert[] {
    return this.#book
      .all()
      .map((kept) => ({ ...kept.alert }))
      .sort(byUrgency);
  }

  history(input: { range: TimeRange; before?: string | undefined; limit: number }): AlertHistoryPage {
    return this.#options.store.history(input.range, input.before, input.limit);
  }

  /** @throws FailureError NOT_FOUND */
  detail(id: string): { alert: Alert; events: AlertEvent[] } {
    const kept = this.#options.store.find(id) ?? this.#book.demand(id);
    return { alert: { ...kept.alert }, events: this.#options.store.events(id) };
  }

  /** Stops repeated notices; the alert stays visible. @throws FailureError NOT_FOUND, CONFLICT */
  acknowledge(id: string, by: string, note?: string): Alert {
    const kept = this.#book.demand(id);
    const now = this.#options.clock.now();
    this.#commit(() => {
      const noted = note === undefined ? {} : { note };
      this.#book.save(kept, { acknowledgedAt: now, acknowledgedBy: by, ...noted });
      this.#book.note(kept, { time: now, kind: 'acknowledged', by, text: note });
      this.#audit('alertAcknowledged', kept.alert, by, note);
    });
    this.#tellNow(now);
    return { ...kept.alert };
  }

  /** Ends it by a person's word; a new event opens a new alert. @throws FailureError NOT_FOUND, CONFLICT */
  resolve(id: string, by: string, note?: string): Alert {
    const kept = this.#book.demand(id);
    const now = this.#options.clock.now();
    this.#commit(() => {
      this.#series.dismiss(kept);
      this.#book.end(kept, now, { name: by, note });
      this.#audit('alertResolved', kept.alert, by, note);
    });
    this.#tellNow(now);
    return { ...kept.alert };
  }

  #audit(
    action: 'alertAcknowledged' | 'alertResolved',
    { id, ruleId, severity }: Alert,
    actor: string,
    note = '',
  ): void {
    this.#options.audit.record({ actor, action, subject: id, details: { ruleId, severity, note } });
  }

  rules(): AlertRuleInfo[] {
    const { thresholds } = this.#options.settings();
    return this.#options.rules.map((rule) => ({
      id: rule.id,
      area: rule.area,
      title: ruleTitle(rule),
      severity: rule.kind === 'threshold' ? (rule.levels.at(-1)?.severity ?? 'warning') : rule.severity,
      condition: conditionOf(rule, thresholds),
      forMs: rule.kind === 'threshold' ? rule.for : 0,
      clearForMs: rule.kind === 'threshold' ? Math.max(rule.clearFor, rule.keepFiringFor) : rule.quietAfter,
      state: isSeriesRule(rule) ? this.#series.stateOf(rule) : this.#eventState(rule),
      lastEvaluatedAt: this.#evaluatedAt,
    }));
  }

  /** Firing alerts by severity, and how many of the worst two wait for a person. */
  counts(): { alerts: Record<Severity, number>; needsYou: number } {
    const alerts: Record<Severity, number> = { critical: 0, error: 0, warning: 0, info: 0 };
    let needsYou = 0;
    for (const { alert } of this.#book.all()) {
      if (alert.state !== 'firing') continue;
      alerts[alert.severity] += 1;
      const urgent = alert.severity === 'critical' || alert.severity === 'error';
      if (urgent && alert.acknowledgedAt === undefined) needsYou += 1;
    }
    return { alerts, needsYou };
  }

  /** Worst state per step from `from` until now; steps in which no engine ran are `unknown`. */
  ribbon(from: number, stepMs: number): RibbonCell[] {
    const range = { from, to: Math.max(from, this.#options.clock.now()) };
    return ribbonOf(this.#options.store.spans(range), this.#options.unwatched(range), range, stepMs);
  }

  /** Limits and what they cost, for the self-monitoring page. */
  queues(): QueueState[] {
    return [
      { name: 'alerts', depth: this.#book.size, limit: MAX_UNRESOLVED, dropped: this.#book.dropped },
      {
        name: 'alertSeries',
        depth: this.#series.size,
        limit: MAX_INSTANCES,
        dropped: this.#series.dropped,
      },
    ];
  }

  get evaluation(): { rules: number; lastAt: number | undefined } {
    return { rules: this.#options.rules.length, lastAt: this.#evaluatedAt };
  }

  /** Notices held back by the flood limit, and those nobody could show, since the start. */
  get notices(): { heldBack: number; failed: number } {
    return { heldBack: this.#gate.heldBack, failed: this.#noticesFailed };
  }

  #longestGap(): number {
    return Math.max(LONGEST_TICK_GAP_MS, this.#options.settings().metrics.interval * 3000);
  }

  #eventState(rule: EventRule): AlertRuleInfo['state'] {
    if (this.#book.all().some(({ alert }) => alert.ruleId === rule.id)) return 'firing';
    const seen =
      rule.requires === 'logs' ? this.#options.watchesLogs() : this.#metricsSeen.has(rule.requires);
    return seen ? 'ok' : 'noSource';
  }

  /** Memory follows the database: after a transaction that failed it is read again. */
  #commit(work: () => void): void {
    try {
      this.#options.store.transaction(work);
    } catch (error) {
      this.#book.reload();
      this.#series.reload();
      throw error;
    }
  }

  /** Alerts of rules that are gone would stay for ever. */
  #endOrphans(): void {
    const known = new Set(this.#options.rules.map((rule) => rule.id));
    const orphans = this.#book.all().filter(({ alert }) => !known.has(alert.ruleId));
    if (orphans.length === 0) return;
    this.#commit(() => {
      for (const kept of orphans) this.#book.end(kept, this.#options.clock.now());
    });
  }

  /** Handed out before a crash and never confirmed: told again. Once too often is better than never. */
  #reopenNotices(): void {
    const open = this.#book.all().filter((kept) => kept.noticeOpen === true);
    if (open.length === 0) return;
    this.#commit(() => {
      for (const kept of open) this.#undoNotice(kept);
    });
  }

  #tellNow(now: number): void {
    const all = this.#book.all();
    const waiting =
      this.#retryAt.size === 0 ? all : all.filter(({ alert }) => (this.#retryAt.get(alert.id) ?? 0) <= now);
    const due = dueNotices(waiting, now, this.#options.settings().notifications);
    if (due.length > 0) for (const group of this.#gate.admit(due, now)) this.#tell(group, now);
    if (this.#book.changes === this.#toldChanges) return;
    this.#toldChanges = this.#book.changes;
    this.#options.onChange();
  }

  #tell(group: KeptAlert[], now: number): void {
    const notice = noticeOf(group);
    if (notice === undefined) return;
    this.#commit(() => {
      for (const kept of group) {
        Object.assign(kept, { notifiedAt: now, notifiedSeverity: kept.alert.severity, noticeOpen: true });
        this.#book.save(kept);
        this.#book.note(kept, { time: now, kind: 'notified' });
      }
    });
    this.#options.notify(notice).then(
      () =>
        this.#settleNotice(group, (kept) => {
          delete kept.noticeOpen;
        }),
      () => {
        this.#noticesFailed += 1;
        for (const { alert } of group)
          this.#retryAt.set(alert.id, this.#options.clock.now() + NOTICE_RETRY_MS);
        this.#settleNotice(group, (kept) => this.#undoNotice(kept));
      },
    );
  }

  #settleNotice(group: KeptAlert[], settle: (kept: KeptAlert) => void): void {
    try {
      this.#commit(() => {
        for (const { alert } of group) {
          const kept = this.#book.get(alert.id);
          if (kept === undefined) {
            this.#retryAt.delete(alert.id);
            continue;
          }
          settle(kept);
          this.#book.save(kept);
        }
      });
    } catch (error) {
      // The disk is full, say. The notice stays open and is told again after the next start.
      if (!(error instanceof FailureError)) throw error;
      this.#noticesFailed += 1;
    }
  }

  #undoNotice(kept: KeptAlert): void {
    delete kept.notifiedAt;
    delete kept.notifiedSeverity;
    delete kept.noticeOpen;
    this.#book.save(kept);
  }

  #retain(now: number): void {
    if (this.#retainedAt !== undefined && now - this.#retainedAt < DAY_MS) return;
    this.#retainedAt = now;
    const olderThan = now - KEPT_DAYS * DAY_MS;
    this.#options.store.retain({ olderThan, most: KEPT_ALERTS });
    this.#options.findings.retain({ olderThan, most: KEPT_FINDINGS });
  }
}

function isEventRule(rule: AlertRule): rule is EventRule {
  return rule.kind === 'event';
}

function isSeriesRule(rule: AlertRule): rule is SeriesRule {
  return rule.kind !== 'event';
}
