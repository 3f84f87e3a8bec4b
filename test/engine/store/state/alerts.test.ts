import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WritableDatabase } from '../../../../src-main/engine/store/database.ts';
import {
  ALERT_QUERIES,
  MAX_EVENTS_PER_ALERT,
  StateAlerts,
} from '../../../../src-main/engine/store/state/alerts.ts';
import { openState } from '../../../../src-main/engine/store/state/state-database.ts';
import type { KeptAlert } from '../../../../src-main/engine/store/types.ts';
import type { Alert } from '../../../../src-preload/contract/alerts.ts';

let directory: string;
let database: WritableDatabase;
let alerts: StateAlerts;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-state-'));
  database = openState(directory, { clock: { now: () => 0 }, onProblem: () => expect.unreachable() });
  alerts = new StateAlerts(database);
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

function alert(id: string, firedAt: number, changes: Partial<Alert> = {}): KeptAlert {
  return {
    group: `group ${id}`,
    evidenceAt: firedAt,
    alert: {
      id,
      ruleId: 'r',
      area: 'security',
      severity: 'error',
      state: changes.resolvedAt === undefined ? 'firing' : 'resolved',
      title: { key: 't', parameters: {} },
      summary: { key: 's', parameters: {} },
      labels: {},
      since: firedAt,
      firedAt,
      lastAt: firedAt,
      count: 1,
      ...changes,
    },
  };
}

describe('alerts in state.db', () => {
  test('saved and read back, the same', () => {
    const kept = { ...alert('a', 10), notifiedAt: 11, notifiedSeverity: 'error' as const };
    alerts.save(kept);
    expect(alerts.find('a')).toEqual(kept);
    expect(alerts.unresolved()).toEqual([kept]);
  });

  test('a size that was kept without its unit gets it back', () => {
    const summary = { key: 'alerts.summary.above.bytes', parameters: { value: 2e9, limit: 1e9 } };
    alerts.save(alert('a', 10, { unit: 'bytes', summary }));
    expect(alerts.find('a')?.alert.summary.parameters).toEqual({ ...summary.parameters, unit: 'bytes' });
    alerts.save(alert('b', 10, { unit: 'percent', summary }));
    expect(alerts.find('b')?.alert.summary).toEqual(summary);
  });

  test('a second unresolved alert of a group, refused by the database itself', () => {
    alerts.save(alert('a', 10));
    expect(() => alerts.save({ ...alert('b', 11), group: 'group a' })).toThrow();
    alerts.save(alert('a', 10, { resolvedAt: 12 }));
    alerts.save({ ...alert('b', 11), group: 'group a' });
    expect(alerts.unresolved().map((kept) => kept.alert.id)).toEqual(['b']);
  });

  test('history, pages through all newest first, also within one millisecond', () => {
    for (let index = 0; index < 25; index += 1) {
      alerts.save(alert(`a${String(index).padStart(2, '0')}`, 100 + Math.floor(index / 5)));
    }
    const seen: string[] = [];
    let before: string | undefined;
    for (;;) {
      const page = alerts.history({ from: 0, to: 1000 }, before, 4);
      expect(page.total).toBe(25);
      if (page.alerts.length === 0) break;
      seen.push(...page.alerts.map((each) => each.id));
      before = page.alerts.at(-1)?.id;
    }
    expect(seen).toEqual([...seen].sort().reverse());
    expect(seen).toHaveLength(25);
  });

  test('events of one alert, in order and bounded', () => {
    alerts.save(alert('a', 10));
    for (let index = 0; index < MAX_EVENTS_PER_ALERT + 20; index += 1) {
      alerts.addEvent('a', { time: index, kind: 'repeated' });
    }
    const events = alerts.events('a');
    expect(events).toHaveLength(MAX_EVENTS_PER_ALERT);
    expect(events[1]?.time).toBe(1);
  });

  test('retention, deletes old and surplus resolved ones with their events, never what fires', () => {
    alerts.save(alert('firing', 1));
    alerts.save(alert('old', 2, { resolvedAt: 3 }));
    alerts.addEvent('old', { time: 3, kind: 'cleared' });
    for (let index = 0; index < 10; index += 1)
      alerts.save(alert(`n${index}`, 100 + index, { resolvedAt: 200 }));
    expect(alerts.retain({ olderThan: 50, most: 4 })).toBe(7);
    expect(alerts.find('firing')).toBeDefined();
    expect(alerts.find('old')).toBeUndefined();
    expect(alerts.events('old')).toEqual([]);
    expect(alerts.history({ from: 0, to: 1000 }, undefined, 50).alerts.map((each) => each.id)).toEqual([
      'n9',
      'n8',
      'n7',
      'n6',
      'firing',
    ]);
  });

  test('spans of a range, with those that began before and still fire', () => {
    alerts.save(alert('a', 10));
    alerts.save(alert('b', 20, { resolvedAt: 30 }));
    alerts.save(alert('c', 60, { resolvedAt: 70 }));
    expect(alerts.spans({ from: 40, to: 65 })).toEqual([
      { severity: 'error', from: 60, to: 70 },
      { severity: 'error', from: 10, to: undefined },
    ]);
  });

  test('a transaction that throws within another, takes all back', () => {
    expect(() =>
      alerts.transaction(() => {
        alerts.save(alert('a', 10));
        alerts.transaction(() => {
          alerts.save(alert('b', 11));
          throw new Error('no');
        });
      }),
    ).toThrow();
    expect(alerts.unresolved()).toEqual([]);
  });

  test.each(Object.entries(ALERT_QUERIES))('query %s, runs by index', (_, sql) => {
    const plan = database.plan(sql);
    expect(plan.some((step) => step.startsWith('SEARCH'))).toBe(true);
    expect(plan.filter((step) => /SCAN|TEMP B-TREE/.test(step))).toEqual([]);
  });
});
