import type { AlertRuleInfo } from '../../../src-preload/contract/alerts.ts';
import type { SeriesKey } from '../../../src-preload/contract/metrics.ts';
import type { Settings } from '../../../src-preload/contract/settings.ts';
import type { Severity } from '../../../src-preload/contract/shared.ts';
import { seriesId, type MetricSample } from '../flow/metric.ts';
import type { AlertStore, KeptAlert } from '../store/types.ts';
import type { AlertBook } from './alert-book.ts';
import {
  isInstanceQuiet,
  isInstanceSettled,
  newInstance,
  parseInstance,
  phaseOf,
  stepIncrease,
  stepMissing,
  stepThreshold,
  type Instance,
} from './instance.ts';
import { alertTitle, thresholdSummary } from './messages.ts';
import { levelsOf, type IncreaseRule, type ResolvedLevel, type ThresholdRule } from './rule.ts';

export type SeriesRule = ThresholdRule | IncreaseRule;

/** Most state machines: a metric with an endless supply of labels must not fill memory and state.db. */
export const MAX_INSTANCES = 5000;
/** Most of one rule, so that one metric can't take the place of all others. */
export const MAX_INSTANCES_PER_RULE = 500;
/** A series gone for this long while others are there is forgotten: a disk taken out, an interface removed. */
const FORGET_AFTER_MS = 3_600_000;

interface Watched {
  rule: SeriesRule;
  series: SeriesKey;
  id: string;
  state: Instance;
}

/** Rules over series: one state machine per rule and series, its alerts in the book. */
export class SeriesWatch {
  readonly #book: AlertBook;
  readonly #store: AlertStore;
  readonly #settings: () => Settings;
  readonly #rules: SeriesRule[];
  readonly #byMetric = new Map<string, SeriesRule[]>();
  readonly #byPresence = new Map<string, ThresholdRule[]>();
  readonly #instances = new Map<string, Watched>();
  readonly #perRule = new Map<string, number>();
  #dropped = 0;

  constructor(book: AlertBook, store: AlertStore, rules: SeriesRule[], settings: () => Settings) {
    this.#book = book;
    this.#store = store;
    this.#settings = settings;
    this.#rules = rules;
    for (const rule of rules) {
      append(this.#byMetric, rule.metric, rule);
      if (rule.kind === 'threshold' && rule.absentIsClearWith !== undefined) {
        append(this.#byPresence, rule.absentIsClearWith, rule);
      }
    }
    this.reload();
  }

  get dropped(): number {
    return this.#dropped;
  }

  get size(): number {
    return this.#instances.size;
  }

  /** Something is under way, so that the time of the last evaluation matters after a restart. */
  get busy(): boolean {
    return [...this.#instances.values()].some((watched) => !isInstanceSettled(watched.state));
  }

  /** Forgets what is in memory and reads what was committed. */
  reload(): void {
    this.#instances.clear();
    this.#perRule.clear();
    const rules = new Map(this.#rules.map((rule) => [rule.id, rule]));
    for (const kept of this.#store.instances()) {
      const rule = rules.get(kept.ruleId);
      if (rule === undefined) continue;
      const series = parseSeries(kept.series);
      const state = parseInstance(kept.state, levelCount(rule));
      if (series !== undefined && state !== undefined) this.#enter(rule, series, state);
    }
  }

  /** Values of one collection. */
  accept(samples: MetricSample[]): void {
    for (const sample of samples) {
      for (const rule of this.#byMetric.get(sample.name) ?? []) this.#acceptSample(rule, sample);
    }
    this.#acceptAbsent(samples);
  }

  /** Says what has no data. @param watchingSince nobody watched before this */
  checkMissing(now: number, watchingSince: number): void {
    for (const watched of this.#instances.values()) {
      const { rule, state } = watched;
      if (watched.state.lastDataAt === undefined) continue;
      const forMs = rule.kind === 'threshold' ? rule.for : 0;
      const next = stepMissing(state, 'noData', now, this.#noDataAfter(rule), forMs, watchingSince);
      if (next.missingSince !== undefined && now - next.missingSince >= FORGET_AFTER_MS)
        this.#forget(watched, now);
      else if (next !== state) this.#advance(watched, next, now);
    }
  }

  /** A person ended an alert: it stays away until its condition is gone. */
  dismiss(kept: KeptAlert): void {
    for (const watched of this.#instances.values()) {
      if (groupOf(watched) !== kept.group) continue;
      watched.state = { ...watched.state, dismissed: kept.alert.severity };
      this.#keep(watched);
    }
  }

  stateOf(rule: SeriesRule): AlertRuleInfo['state'] {
    const own = [...this.#instances.values()].filter((watched) => watched.rule === rule);
    if (own.length === 0) return 'noSource';
    const phases = own.map((watched) => phaseOf(watched.state, severitiesOf(watched.rule)).phase);
    if (phases.includes('firing')) return 'firing';
    if (own.some((watched) => watched.state.blindness === 'error')) return 'error';
    if (own.every((watched) => watched.state.blindness === 'noData')) return 'noData';
    return phases.includes('pending') ? 'pending' : 'ok';
  }

  #acceptSample(rule: SeriesRule, sample: MetricSample): void {
    const watched = this.#watched(rule, { name: sample.name, labels: sample.labels });
    if (watched === undefined) return;
    const { state } = watched;
    if (!Number.isFinite(sample.value)) {
      const next = stepMissing(state, 'error', sample.time, 0, rule.kind === 'threshold' ? rule.for : 0, 0);
      this.#advance(watched, next, sample.time);
      return;
    }
    const noDataAfter = this.#noDataAfter(rule);
    const next =
      rule.kind === 'increase'
        ? stepIncrease(state, rule, sample.time, sample.value, noDataAfter)
        : stepThreshold(state, rule, this.#levels(rule), sample.time, sample.value, noDataAfter);
    this.#advance(watched, next, sample.time);
  }

  /** A metric that is only there in trouble counts as clear where the metric it goes with has a value. */
  #acceptAbsent(samples: MetricSample[]): void {
    if (this.#byPresence.size === 0) return;
    const present = new Set(samples.map((sample) => seriesId(sample)));
    for (const sample of samples) {
      for (const rule of this.#byPresence.get(sample.name) ?? []) {
        const series = { name: rule.metric, labels: sample.labels };
        if (present.has(seriesId(series))) continue;
        const watched = this.#watched(rule, series);
        if (watched === undefined) continue;
        const levels = this.#levels(rule);
        const noDataAfter = this.#noDataAfter(rule);
        const next = stepThreshold(watched.state, rule, levels, sample.time, 'absent', noDataAfter);
        this.#advance(watched, next, sample.time);
      }
    }
  }

  #watched(rule: SeriesRule, series: SeriesKey): Watched | undefined {
    const known = this.#instances.get(instanceKey(rule.id, series));
    if (known !== undefined) return known;
    const ofRule = this.#perRule.get(rule.id) ?? 0;
    if (this.#instances.size >= MAX_INSTANCES || ofRule >= MAX_INSTANCES_PER_RULE) {
      this.#dropped += 1;
      return undefined;
    }
    const watched = this.#enter(rule, series, newInstance(levelCount(rule)));
    this.#keep(watched);
    return watched;
  }

  #enter(rule: SeriesRule, series: SeriesKey, state: Instance): Watched {
    const watched: Watched = { rule, series, id: seriesId(series), state };
    this.#instances.set(instanceKey(rule.id, series), watched);
    this.#perRule.set(rule.id, (this.#perRule.get(rule.id) ?? 0) + 1);
    return watched;
  }

  #forget(watched: Watched, now: number): void {
    for (const group of [groupOf(watched), blindGroupOf(watched)]) {
      const kept = this.#book.ofGroup(group);
      if (kept !== undefined) this.#book.end(kept, now);
    }
    this.#instances.delete(instanceKey(watched.rule.id, watched.series));
    this.#perRule.set(watched.rule.id, (this.#perRule.get(watched.rule.id) ?? 1) - 1);
    this.#store.removeInstance(watched.rule.id, JSON.stringify(watched.series));
  }

  #advance(watched: Watched, next: Instance, now: number): void {
    const before = watched.state;
    watched.state = next;
    const calm = isInstanceQuiet(before) && isInstanceQuiet(next);
    if (calm && !counterMoved(before, next)) return;
    this.#followCondition(watched, now);
    this.#followBlindness(watched, before.blindness, now);
    this.#keep(watched);
  }

  #followCondition(watched: Watched, now: number): void {
    const { rule, state } = watched;
    const severities = severitiesOf(rule);
    const phase = phaseOf(state, severities);
    const kept = this.#book.ofGroup(groupOf(watched));
    if (phase.phase === 'ok') {
      if (kept !== undefined) this.#book.end(kept, now);
      return;
    }
    const severity = severities[phase.level] ?? 'warning';
    const shown = this.#shown(rule, phase.level, state.value);
    if (kept === undefined) {
      watched.state = { ...state, sequence: state.sequence + 1 };
      this.#book.open(
        {
          ruleId: rule.id,
          area: rule.area,
          severity,
          title: alertTitle(rule, watched.series.labels),
          labels: watched.series.labels,
          series: watched.series,
          unit: rule.kind === 'threshold' ? rule.unit : 'count',
          since: phase.since,
          lastAt: now,
          firedAt: phase.phase === 'firing' ? now : undefined,
          group: groupOf(watched),
          evidenceAt: now,
          ...shown,
        },
        `${phase.since} ${watched.state.sequence}`,
      );
      return;
    }
    if (kept.alert.state === 'pending' && phase.phase === 'firing') {
      this.#book.fire(kept, now, { ...shown, severity, lastAt: now });
      return;
    }
    this.#book.setSeverity(kept, severity, now);
    this.#book.save(kept, { ...shown, lastAt: state.lastDataAt ?? now });
  }

  #shown(rule: SeriesRule, level: number, value: number | undefined): Pick<NewShown, keyof NewShown> {
    if (rule.kind === 'increase') {
      const grown = value ?? 0;
      return { value: grown, summary: { key: `alerts.summary.${rule.id}`, parameters: { value: grown } } };
    }
    const resolved = this.#levels(rule)[level];
    if (resolved === undefined) return { value, summary: { key: 'alerts.summary.unknown', parameters: {} } };
    return {
      value,
      limit: resolved.limit,
      clearLimit: resolved.clearLimit,
      summary: thresholdSummary(rule, resolved, value),
    };
  }

  /** A firing alert without data says so; some rules raise an alert of its own. */
  #followBlindness(watched: Watched, before: Instance['blindness'], now: number): void {
    const { rule, state } = watched;
    const { blindness } = state;
    const firing = this.#book.ofGroup(groupOf(watched));
    if (firing !== undefined && firing.alert.blindness !== blindness) {
      this.#book.save(firing, { blindness });
      if (blindness !== undefined) this.#book.note(firing, { time: now, kind: 'noData' });
    }
    const own = this.#book.ofGroup(blindGroupOf(watched));
    if (own !== undefined && blindness === undefined) this.#book.end(own, now);
    const wanted = rule.kind === 'threshold' && rule.noData === 'alert' && firing === undefined;
    // Only as it becomes blind: an alert a person ended does not come back while nothing changes.
    if (own !== undefined || blindness === undefined || blindness === before || !wanted) return;
    watched.state = { ...state, sequence: state.sequence + 1 };
    const since = state.missingSince ?? now;
    this.#book.open(
      {
        ruleId: rule.id,
        area: rule.area,
        severity: 'warning',
        blindness,
        title: { key: `alerts.blind.${blindness}`, parameters: { series: watched.id } },
        summary: { key: `alerts.blind.summary`, parameters: { series: watched.id } },
        labels: watched.series.labels,
        series: watched.series,
        since,
        lastAt: now,
        firedAt: now,
        group: blindGroupOf(watched),
        evidenceAt: now,
      },
      `${since} ${watched.state.sequence}`,
    );
  }

  #keep(watched: Watched): void {
    this.#store.saveInstance({
      ruleId: watched.rule.id,
      series: JSON.stringify(watched.series),
      state: JSON.stringify(watched.state),
    });
  }

  #levels(rule: ThresholdRule): ResolvedLevel[] {
    return levelsOf(rule, this.#settings().thresholds);
  }

  /** Never less than three collections, however far apart the user sets them. */
  #noDataAfter(rule: SeriesRule): number {
    const collections = this.#settings().metrics.interval * 3000 + 1000;
    return Math.max(rule.kind === 'threshold' ? rule.noDataAfter : 0, collections);
  }
}

interface NewShown {
  value: number | undefined;
  limit?: number;
  clearLimit?: number;
  summary: { key: string; parameters: Record<string, string | number> };
}

/** Increase rules compare with the last reading also after a restart; how old it is need be known to the minute. */
function counterMoved(before: Instance, after: Instance): boolean {
  if (after.counter === undefined) return false;
  const minute = (state: Instance): number => Math.floor((state.lastDataAt ?? 0) / 60_000);
  return after.counter !== before.counter || minute(after) !== minute(before);
}

function levelCount(rule: SeriesRule): number {
  return rule.kind === 'threshold' ? rule.levels.length : 1;
}

function severitiesOf(rule: SeriesRule): Severity[] {
  return rule.kind === 'threshold' ? rule.levels.map((level) => level.severity) : [rule.severity];
}

function instanceKey(ruleId: string, series: SeriesKey): string {
  return `${ruleId}|${seriesId(series)}`;
}

function groupOf(watched: Watched): string {
  return `${watched.rule.id}|${watched.id}`;
}

function blindGroupOf(watched: Watched): string {
  return `${groupOf(watched)}|blind`;
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function parseSeries(text: string): SeriesKey | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('name' in value) || !('labels' in value))
      return undefined;
    if (typeof value.name !== 'string' || typeof value.labels !== 'object' || value.labels === null)
      return undefined;
    const labels: Record<string, string> = {};
    for (const [name, label] of Object.entries(value.labels))
      if (typeof label === 'string') labels[name] = label;
    return { name: value.name, labels };
  } catch {
    // Damaged: the series is met again with its next value.
    return undefined;
  }
}
