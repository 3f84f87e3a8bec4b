import { createHash } from 'node:crypto';
import type { Alert, AlertEvent } from '../../../src-preload/contract/alerts.ts';
import { SEVERITIES, type Severity } from '../../../src-preload/contract/shared.ts';
import { FailureError } from '../flow/failure.ts';
import type { AlertStore, KeptAlert } from '../store/types.ts';

/** Most unresolved alerts. More tell nobody anything; what finds no place is counted and shown. */
export const MAX_UNRESOLVED = 5000;
/** Repeats are noted in an alert's history at most this often; `count` has them all. */
const REPEAT_NOTED_EVERY_MS = 60_000;

/** What opens an alert; the book adds what every alert has. */
export type NewAlert = Pick<
  Alert,
  'ruleId' | 'area' | 'severity' | 'title' | 'summary' | 'labels' | 'since' | 'lastAt'
> &
  Partial<Alert> & { group: string; evidenceAt: number };

/**
 * The unresolved alerts in memory, every change written through to state.db. Call changes within
 * {@link AlertStore.transaction}; after one that failed, {@link reload}.
 */
export class AlertBook {
  readonly #store: AlertStore;
  readonly #groups = new Map<string, KeptAlert>();
  readonly #ids = new Map<string, KeptAlert>();
  readonly #repeatNotedAt = new Map<string, number>();
  #dropped = 0;
  #changes = 0;

  constructor(store: AlertStore) {
    this.#store = store;
    this.reload();
  }

  /** Forgets what is in memory and reads what was committed. */
  reload(): void {
    this.#groups.clear();
    this.#ids.clear();
    this.#repeatNotedAt.clear();
    for (const kept of this.#store.unresolved()) this.#enter(kept);
    this.#changes += 1;
  }

  /** Counts changes: a view knows by it whether the list is a new one. */
  get changes(): number {
    return this.#changes;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get size(): number {
    return this.#ids.size;
  }

  all(): KeptAlert[] {
    return [...this.#ids.values()];
  }

  ofGroup(group: string): KeptAlert | undefined {
    return this.#groups.get(group);
  }

  get(id: string): KeptAlert | undefined {
    return this.#ids.get(id);
  }

  /**
   * Opens an alert in the state given by `firedAt`. Undefined when there is no place for it.
   * @param seed tells this opening from others of the group: the same opening, repeated after a crash, has the same id
   */
  open(alert: NewAlert, seed: string): KeptAlert | undefined {
    if (this.#ids.size >= MAX_UNRESOLVED) {
      this.#dropped += 1;
      return undefined;
    }
    const { group, evidenceAt, ...given } = alert;
    const state = given.firedAt === undefined ? 'pending' : 'firing';
    const opened: Alert = { ...given, id: this.#freeId(group, seed), state, count: given.count ?? 1 };
    const kept: KeptAlert = { alert: opened, group, evidenceAt };
    this.#enter(kept);
    this.save(kept);
    this.note(kept, { time: given.firedAt ?? given.since, kind: state === 'pending' ? 'pending' : 'fired' });
    return kept;
  }

  /** Writes changed fields. */
  save(kept: KeptAlert, changes: Partial<Alert> = {}): void {
    Object.assign(kept.alert, changes);
    this.#store.save(kept);
    this.#changes += 1;
  }

  note(kept: KeptAlert, event: AlertEvent): void {
    if (event.kind === 'repeated') {
      const last = this.#repeatNotedAt.get(kept.alert.id) ?? this.#repeatBeforeRestart(kept.alert.id);
      if (last !== undefined && Math.abs(event.time - last) < REPEAT_NOTED_EVERY_MS) return;
      this.#repeatNotedAt.set(kept.alert.id, event.time);
    }
    this.#store.addEvent(kept.alert.id, event);
  }

  /** A pending alert fires. */
  fire(kept: KeptAlert, time: number, changes: Partial<Alert> = {}): void {
    this.save(kept, { ...changes, state: 'firing', firedAt: time });
    this.note(kept, { time, kind: 'fired' });
  }

  setSeverity(kept: KeptAlert, severity: Severity, time: number): void {
    if (kept.alert.severity === severity) return;
    this.save(kept, { severity });
    this.note(kept, {
      time,
      kind: 'severityChanged',
      message: { key: 'alerts.event.severity', parameters: { severity } },
    });
  }

  /** Ends an alert: by its condition, or by a person. A pending one that nobody ended leaves no trace. */
  end(kept: KeptAlert, time: number, by?: { name: string; note: string | undefined }): void {
    if (kept.alert.state === 'pending' && by === undefined) this.#store.remove(kept.alert.id);
    else {
      const resolved: Partial<Alert> = { state: 'resolved', resolvedAt: time };
      if (by !== undefined)
        Object.assign(resolved, { resolvedBy: by.name, note: by.note ?? kept.alert.note });
      this.save(kept, resolved);
      this.note(
        kept,
        by === undefined ? { time, kind: 'cleared' } : { time, kind: 'resolved', by: by.name, text: by.note },
      );
    }
    this.#groups.delete(kept.group);
    this.#ids.delete(kept.alert.id);
    this.#repeatNotedAt.delete(kept.alert.id);
    this.#changes += 1;
  }

  /**
   * An alert a person wants to act on.
   * @throws FailureError NOT_FOUND, or CONFLICT when it is resolved already
   */
  demand(id: string): KeptAlert {
    const kept = this.#ids.get(id);
    if (kept !== undefined) return kept;
    const resolved = this.#store.find(id) !== undefined;
    throw new FailureError({
      kind: resolved ? 'CONFLICT' : 'NOT_FOUND',
      message: { key: resolved ? 'alerts.error.resolved' : 'alerts.error.notFound', parameters: {} },
      field: 'id',
    });
  }

  #repeatBeforeRestart(id: string): number | undefined {
    return this.#store.events(id).findLast(({ kind }) => kind === 'repeated')?.time;
  }

  #enter(kept: KeptAlert): void {
    this.#groups.set(kept.group, kept);
    this.#ids.set(kept.alert.id, kept);
  }

  #freeId(group: string, seed: string): string {
    const base = createHash('sha256').update(`${group}\0${seed}`).digest('hex').slice(0, 20);
    let id = base;
    // The same seed again: an alert a person resolved, opened anew by further events of the same finding.
    for (let number = 2; this.#store.find(id) !== undefined; number += 1) id = `${base}-${number}`;
    return id;
  }
}

/** Worst first, then newest first; the id settles ties, so that the list never jumps. */
export function byUrgency(a: Alert, b: Alert): number {
  const bySeverity = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  return bySeverity || b.since - a.since || (a.id < b.id ? -1 : 1);
}
