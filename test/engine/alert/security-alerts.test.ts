import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_UNRESOLVED } from '../../../src-main/engine/alert/alert-book.ts';
import { FindingStore } from '../../../src-main/engine/store/state/findings.ts';
import { CentreFixture, finding, HOUR, MINUTE, SECOND, START } from './centre-fixture.ts';

let fixture: CentreFixture;
beforeEach(() => {
  fixture = new CentreFixture();
});
afterEach(() => fixture.close());

/** Ticks every 5 s. */
function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 5 * SECOND) {
    fixture.now += 5 * SECOND;
    fixture.centre.tick();
  }
}

describe('security alerts', () => {
  test('a finding, becomes one firing alert that points at it', () => {
    fixture.centre.acceptFindings([finding('a')]);
    expect(fixture.centre.active()).toMatchObject([
      {
        state: 'firing',
        severity: 'error',
        area: 'security',
        address: '203.0.113.7',
        findingId: 'a',
        count: 1,
        title: { key: 'alerts.attack.sqli', parameters: { address: '203.0.113.7' } },
      },
    ]);
  });

  test('the same finding delivered again, changes nothing, also after a restart', () => {
    fixture.centre.acceptFindings([finding('a')]);
    const before = fixture.centre.active();
    fixture.centre.acceptFindings([finding('a')]);
    fixture.restart();
    fixture.centre.acceptFindings([finding('a')]);
    expect(fixture.centre.active()).toEqual(before);
    expect(fixture.centre.detail(before[0]!.id).events.map((event) => event.kind)).toEqual(['fired']);
  });

  test('further findings of type and address, count up; of another, open another', () => {
    fixture.centre.acceptFindings([finding('a'), finding('b', { time: START + 5, severity: 'critical' })]);
    fixture.centre.acceptFindings([
      finding('c', { addresses: ['203.0.113.8'] }),
      finding('d', { type: 'xss' }),
    ]);
    const active = fixture.centre.active();
    expect(active.map((alert) => alert.count).sort()).toEqual([1, 1, 2]);
    expect(active[0]).toMatchObject({ severity: 'critical', count: 2, lastAt: START + 5, findingId: 'b' });
  });

  test('a finding that grew, refreshes the alert and is counted once', () => {
    fixture.centre.acceptFindings([finding('a')]);
    fixture.centre.acceptFindings([finding('a', { count: 9, time: START + 7 })]);
    expect(fixture.centre.active()).toMatchObject([{ count: 1, lastAt: START + 7 }]);
  });

  test('historic and merely informative findings, kept without alert and without notice', () => {
    fixture.centre.acceptFindings([finding('a', { historic: true }), finding('b', { severity: 'info' })]);
    pass(5 * HOUR);
    expect(fixture.centre.active()).toEqual([]);
    expect(fixture.notices).toEqual([]);
    const range = { from: START - HOUR, to: START + HOUR };
    expect(new FindingStore(fixture.database).page(range, undefined, 10).total).toBe(2);
  });

  test('a distributed attack, one alert for all its addresses', () => {
    const addresses = ['203.0.113.1', '203.0.113.2', '203.0.113.3'];
    fixture.centre.acceptFindings([finding('a', { addresses, user: 'root', type: 'brute_force' })]);
    fixture.centre.acceptFindings([
      finding('b', { addresses: addresses.slice(1), user: 'root', type: 'brute_force' }),
    ]);
    const [alert, ...others] = fixture.centre.active();
    expect(others).toEqual([]);
    expect(alert?.address).toBeUndefined();
    expect(alert?.title.key).toBe('alerts.attackBySeveral.brute_force');
  });

  test('quiet for half an hour, ends by itself; the next finding opens a new one', () => {
    fixture.centre.acceptFindings([finding('a')]);
    pass(29 * MINUTE);
    fixture.centre.acceptFindings([finding('b')]);
    pass(29 * MINUTE);
    expect(fixture.centre.active()).toHaveLength(1);
    const first = fixture.centre.active()[0]!.id;
    pass(2 * MINUTE);
    expect(fixture.centre.active()).toEqual([]);
    expect(fixture.centre.detail(first).events.at(-1)?.kind).toBe('cleared');
    fixture.centre.acceptFindings([finding('c')]);
    expect(fixture.centre.active()[0]?.id).not.toBe(first);
  });

  test('time asleep, is no quiet time', () => {
    fixture.centre.acceptFindings([finding('a')]);
    pass(10 * MINUTE);
    fixture.now += 8 * HOUR;
    fixture.centre.tick();
    expect(fixture.centre.active()).toHaveLength(1);
    fixture.now += 8 * HOUR;
    fixture.restart();
    fixture.centre.tick();
    pass(15 * MINUTE);
    expect(fixture.centre.active()).toHaveLength(1);
    pass(6 * MINUTE);
    expect(fixture.centre.active()).toEqual([]);
  });

  test('acknowledged, stays visible with who and why; resolved, a new event opens a new alert', () => {
    fixture.centre.acceptFindings([finding('a')]);
    const id = fixture.centre.active()[0]!.id;
    fixture.centre.acknowledge(id, 'mika', 'looking');
    expect(fixture.centre.active()).toMatchObject([{ id, acknowledgedBy: 'mika', note: 'looking' }]);
    expect(fixture.centre.counts()).toMatchObject({ alerts: { error: 1 }, needsYou: 0 });
    fixture.centre.resolve(id, 'mika');
    expect(fixture.centre.active()).toEqual([]);
    fixture.centre.acceptFindings([finding('a', { count: 5 })]);
    const [next] = fixture.centre.active();
    expect(next?.id).not.toBe(id);
    expect(next?.acknowledgedAt).toBeUndefined();
    expect(fixture.centre.detail(id).events.map((event) => event.kind)).toEqual([
      'fired',
      'acknowledged',
      'resolved',
    ]);
  });

  test('acts on an alert that is resolved or was never there, refused by kind', () => {
    fixture.centre.acceptFindings([finding('a')]);
    const id = fixture.centre.active()[0]!.id;
    fixture.centre.resolve(id, 'mika');
    const kindOf = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return error instanceof Error && 'failure' in error ? error.failure : error;
      }
    };
    expect(kindOf(() => fixture.centre.resolve(id, 'mika'))).toMatchObject({ kind: 'CONFLICT' });
    expect(kindOf(() => fixture.centre.acknowledge('none', 'mika'))).toMatchObject({ kind: 'NOT_FOUND' });
    expect(kindOf(() => fixture.centre.detail('none'))).toMatchObject({ kind: 'NOT_FOUND' });
  });

  test('an observation, becomes an alert of its own rule that lasts a day', () => {
    const observation = {
      ruleId: 'host-new-listener',
      key: '0.0.0.0:4444',
      time: START,
      severity: 'warning' as const,
      title: { key: 't', parameters: {} },
      summary: { key: 's', parameters: {} },
      labels: { port: '4444' },
    };
    fixture.centre.acceptObservations([observation]);
    fixture.centre.acceptObservations([{ ...observation, time: START + 1 }]);
    expect(fixture.centre.active()).toMatchObject([{ ruleId: 'host-new-listener', count: 2 }]);
  });

  test('a transaction that fails, leaves memory and database as they were', () => {
    fixture.centre.acceptFindings([finding('a')]);
    const before = fixture.centre.active();
    fixture.database.execute(
      `CREATE TRIGGER full BEFORE INSERT ON findings BEGIN SELECT raise(ABORT, 'no space'); END`,
    );
    expect(() => fixture.centre.acceptFindings([finding('b')])).toThrow();
    expect(fixture.centre.active()).toEqual(before);
    fixture.database.execute('DROP TRIGGER full');
    fixture.centre.acceptFindings([finding('b')]);
    expect(fixture.centre.active()).toMatchObject([{ count: 2 }]);
  });

  test('more addresses than alerts may be, dropped with a count and the findings kept', () => {
    const many = Array.from({ length: MAX_UNRESOLVED + 25 }, (_, index) =>
      finding(`f${index}`, { addresses: [`10.0.${index >> 8}.${index & 255}`] }),
    );
    fixture.centre.acceptFindings(many);
    expect(fixture.centre.active()).toHaveLength(MAX_UNRESOLVED);
    expect(fixture.centre.queues()[0]).toMatchObject({ depth: MAX_UNRESOLVED, dropped: 25 });
    const range = { from: START - 1, to: START + 1 };
    expect(new FindingStore(fixture.database).page(range, undefined, 1).total).toBe(MAX_UNRESOLVED + 25);
  });
});
