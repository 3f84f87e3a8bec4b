import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FLOOD_LIMIT } from '../../../src-main/engine/alert/notices.ts';
import { CentreFixture, finding, HOUR, MINUTE, SECOND } from './centre-fixture.ts';

let fixture: CentreFixture;
beforeEach(() => {
  fixture = new CentreFixture();
});
afterEach(() => fixture.close());

/** Ticks every 15 s while the attack goes on, so that the alert does not end. */
async function attack(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 15 * SECOND) {
    fixture.now += 15 * SECOND;
    if (passed % (10 * MINUTE) === 0) fixture.centre.acceptFindings([finding(`t${fixture.now}`)]);
    fixture.centre.tick();
    await settled();
  }
}

/** Lets answers of the host arrive. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
}

describe('notices', () => {
  test('a critical alert, told at once; others wait half a minute and share one notice', () => {
    fixture.centre.acceptFindings([finding('a', { severity: 'critical' })]);
    expect(fixture.notices.map((notice) => notice.severity)).toEqual(['critical']);
    fixture.centre.acceptFindings([
      finding('b', { addresses: ['203.0.113.8'] }),
      finding('c', { addresses: ['203.0.113.9'], severity: 'warning' }),
    ]);
    fixture.now += 25 * SECOND;
    fixture.centre.tick();
    expect(fixture.notices).toHaveLength(1);
    fixture.now += 5 * SECOND;
    fixture.centre.tick();
    expect(fixture.notices[1]).toMatchObject({
      severity: 'error',
      title: { key: 'alerts.notice.several', parameters: { n: 2 } },
    });
  });

  test('milder than the minimum or switched off, never told', async () => {
    fixture.settings = {
      ...fixture.settings,
      notifications: { desktop: true, minimumSeverity: 'critical' },
    };
    await attack(MINUTE);
    fixture.settings = {
      ...fixture.settings,
      notifications: { desktop: false, minimumSeverity: 'info' },
    };
    await attack(MINUTE);
    expect(fixture.notices).toEqual([]);
  });

  test('repeated every four hours, unless acknowledged', async () => {
    await attack(5 * HOUR);
    expect(fixture.notices).toHaveLength(2);
    fixture.centre.acknowledge(fixture.centre.active()[0]!.id, 'mika');
    await attack(5 * HOUR);
    expect(fixture.notices).toHaveLength(2);
  });

  test('acknowledged and then worse, told once more', async () => {
    await attack(MINUTE);
    fixture.centre.acknowledge(fixture.centre.active()[0]!.id, 'mika');
    fixture.centre.acceptFindings([finding('worse', { severity: 'critical' })]);
    await attack(MINUTE);
    expect(fixture.notices.map((notice) => notice.severity)).toEqual(['error', 'critical']);
  });

  test('a restart, repeats nothing that was shown and what may not have been', async () => {
    fixture.centre.acceptFindings([finding('a', { severity: 'critical' })]);
    await settled();
    fixture.restart();
    fixture.centre.tick();
    expect(fixture.notices).toHaveLength(1);
    // The host never answers: killed in between.
    fixture.answer = () => new Promise(() => undefined);
    fixture.centre.acceptFindings([finding('b', { severity: 'critical', type: 'xss' })]);
    fixture.restart();
    fixture.centre.tick();
    expect(fixture.notices.map((notice) => notice.title.key)).toEqual([
      'alerts.attack.sqli',
      'alerts.attack.xss',
      'alerts.attack.xss',
    ]);
  });

  test('a host that can show nothing, asked again a minute later and counted', async () => {
    fixture.answer = () => Promise.reject(new Error('no desktop'));
    fixture.centre.acceptFindings([finding('a', { severity: 'critical' })]);
    await settled();
    fixture.now += 30 * SECOND;
    fixture.centre.tick();
    expect(fixture.notices).toHaveLength(1);
    fixture.answer = () => Promise.resolve();
    fixture.now += 30 * SECOND;
    fixture.centre.tick();
    await settled();
    fixture.now += 2 * MINUTE;
    fixture.centre.tick();
    expect(fixture.notices).toHaveLength(2);
    expect(fixture.centre.notices.failed).toBe(1);
  });

  test('a flood, told within the limit, held back with a count, then all together', async () => {
    const total = FLOOD_LIMIT * 3;
    for (let index = 0; index < total; index += 1) {
      fixture.now += SECOND;
      fixture.centre.acceptFindings([
        finding(`f${index}`, { severity: 'critical', addresses: [`10.0.0.${index}`] }),
      ]);
    }
    expect(fixture.notices).toHaveLength(FLOOD_LIMIT);
    expect(fixture.centre.notices.heldBack).toBeGreaterThan(0);
    await settled();
    fixture.now += 10 * MINUTE;
    fixture.centre.tick();
    const told = fixture.notices
      .slice(FLOOD_LIMIT)
      .reduce((sum, notice) => sum + Number(notice.title.parameters['n'] ?? 1), 0);
    expect(told).toBe(total - FLOOD_LIMIT);
    expect(fixture.notices.length).toBeLessThanOrEqual(2 * FLOOD_LIMIT);
  });
});
