import type { AlertEvent } from '../../../../src-preload/contract/alerts.ts';
import type { Severity, TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { Command, Query, WritableDatabase } from '../database.ts';
import type { AlertHistoryPage, AlertStore, FiredSpan, KeptAlert, KeptInstance } from '../types.ts';

/** Events kept of one alert; what comes after is still counted in the alert itself. */
export const MAX_EVENTS_PER_ALERT = 1000;
/** The newest so many alerts make a ribbon; a range with more is red throughout anyway. */
const MAX_SPANS = 10_000;

/** Hot queries; a test pins them to their indexes. */
export const ALERT_QUERIES = {
  unresolved: 'SELECT content FROM alerts WHERE resolved IS NULL AND group_key >= ?',
  history:
    'SELECT content FROM alerts WHERE fired IS NOT NULL AND fired >= ? AND (fired, id) < (?, ?) ORDER BY fired DESC, id DESC LIMIT ?',
  total: 'SELECT count(*) AS total FROM alerts WHERE fired IS NOT NULL AND fired >= ? AND fired < ?',
  spans:
    'SELECT severity, fired AS "from", resolved AS "to" FROM alerts WHERE fired IS NOT NULL AND fired < ? ORDER BY fired DESC LIMIT ?',
  events: 'SELECT content FROM alert_events WHERE alert = ? ORDER BY number',
} as const;

interface ContentRow {
  content: string;
}

/** Alerts in state.db. Written by the engine's main thread alone. */
export class StateAlerts implements AlertStore {
  readonly #database: WritableDatabase;
  readonly #find: Query<[string], ContentRow>;
  readonly #save: Command<[string, string, string, number, number | null, number | null, string]>;
  readonly #addEvent: Command<[string, string, string, number]>;
  readonly #saveInstance: Command<[string, string, string]>;
  #depth = 0;

  constructor(database: WritableDatabase) {
    this.#database = database;
    this.#find = database.query('SELECT content FROM alerts WHERE id = ?');
    this.#save = database.command(
      `INSERT INTO alerts (id, group_key, severity, since, fired, resolved, content) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, since = excluded.since, fired = excluded.fired,
         resolved = excluded.resolved, content = excluded.content`,
    );
    this.#addEvent = database.command(
      `INSERT INTO alert_events (alert, number, content)
       SELECT ?, 1 + coalesce(max(number), 0), ? FROM alert_events WHERE alert = ? HAVING count(*) < ?`,
    );
    this.#saveInstance = database.command(
      `INSERT INTO alert_instances (rule, series, state) VALUES (?, ?, ?)
       ON CONFLICT (rule, series) DO UPDATE SET state = excluded.state`,
    );
  }

  transaction<Result>(work: () => Result): Result {
    // Within one that is under way it is part of that one.
    if (this.#depth > 0) return work();
    this.#depth += 1;
    try {
      return this.#database.transaction(work);
    } finally {
      this.#depth -= 1;
    }
  }

  unresolved(): KeptAlert[] {
    return this.#database.query<[string], ContentRow>(ALERT_QUERIES.unresolved).all('').map(parsedAlert);
  }

  find(id: string): KeptAlert | undefined {
    const row = this.#find.get(id);
    return row === undefined ? undefined : parsedAlert(row);
  }

  save(kept: KeptAlert): void {
    const { id, severity, since, firedAt, resolvedAt } = kept.alert;
    this.#save.run(
      id,
      kept.group,
      severity,
      since,
      firedAt ?? null,
      resolvedAt ?? null,
      JSON.stringify(kept),
    );
  }

  remove(id: string): void {
    this.#database.command<[string]>('DELETE FROM alerts WHERE id = ?').run(id);
  }

  addEvent(alertId: string, event: AlertEvent): void {
    this.#addEvent.run(alertId, JSON.stringify(event), alertId, MAX_EVENTS_PER_ALERT);
  }

  events(alertId: string): AlertEvent[] {
    return this.#database.query<[string], ContentRow>(ALERT_QUERIES.events).all(alertId).map(parsedEvent);
  }

  history(range: TimeRange, before: string | undefined, limit: number): AlertHistoryPage {
    const last = before === undefined ? undefined : this.find(before)?.alert;
    const rows = this.#database
      .query<[number, number, string, number], ContentRow>(ALERT_QUERIES.history)
      .all(range.from, last?.firedAt ?? range.to, last?.id ?? '', limit);
    const total = this.#database
      .query<[number, number], { total: number }>(ALERT_QUERIES.total)
      .get(range.from, range.to);
    return { alerts: rows.map((row) => parsedAlert(row).alert), total: total?.total ?? 0 };
  }

  spans(range: TimeRange): FiredSpan[] {
    return this.#database
      .query<[number, number], { severity: Severity; from: number; to: number | null }>(ALERT_QUERIES.spans)
      .all(range.to, MAX_SPANS)
      .filter((span) => span.to === null || span.to > range.from)
      .map(({ severity, from, to }) => ({ severity, from, to: to ?? undefined }));
  }

  instances(): KeptInstance[] {
    return this.#database
      .query<[], KeptInstance>('SELECT rule AS ruleId, series, state FROM alert_instances')
      .all();
  }

  saveInstance(instance: KeptInstance): void {
    this.#saveInstance.run(instance.ruleId, instance.series, instance.state);
  }

  removeInstance(ruleId: string, series: string): void {
    this.#database
      .command<[string, string]>('DELETE FROM alert_instances WHERE rule = ? AND series = ?')
      .run(ruleId, series);
  }

  /** Resolved alerts only: what fires is kept whatever its age. */
  retain(limits: { olderThan: number; most: number }): number {
    return this.#database
      .command<[number, number]>(
        `DELETE FROM alerts WHERE resolved < ? OR (resolved IS NOT NULL AND id IN
           (SELECT id FROM alerts WHERE fired IS NOT NULL ORDER BY fired DESC LIMIT -1 OFFSET ?))`,
      )
      .run(limits.olderThan, limits.most);
  }
}

/** An alert as this class wrote it. */
export function parsedAlert(row: ContentRow): KeptAlert {
  const value: unknown = JSON.parse(row.content);
  if (isKeptAlert(value)) return withUnit(value);
  throw new TypeError('alerts.content holds no alert');
}

/** A size said its unit in words once; alerts from then lack it beside the number. */
function withUnit(kept: KeptAlert): KeptAlert {
  const { unit, summary } = kept.alert;
  if (unit === 'bytes' && 'value' in summary.parameters) summary.parameters['unit'] ??= unit;
  return kept;
}

function parsedEvent(row: ContentRow): AlertEvent {
  const value: unknown = JSON.parse(row.content);
  if (isAlertEvent(value)) return value;
  throw new TypeError('alert_events.content holds no event');
}

/** Written by this class alone: enough is checked to tell it from anything else. */
function isKeptAlert(value: unknown): value is KeptAlert {
  return typeof value === 'object' && value !== null && 'alert' in value && 'group' in value;
}

function isAlertEvent(value: unknown): value is AlertEvent {
  return typeof value === 'object' && value !== null && 'time' in value && 'kind' in value;
}
