import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_INSTANCES_PER_RULE } from '../../../src-main/engine/alert/series-watch.ts';
import { CentreFixture, HOUR, MINUTE, sampleOf, SECOND, START } from './centre-fixture.ts';

const MEMORY = 'host_memory_used_percent';
const DISK = 'host_disk_used_percent';
let fixture: CentreFixture;
beforeEach(() => {
  fixture = new CentreFixture();
});
afterEach(() => fixture.close());

function ruleState(id: string): string | undefined {
  return fixture.centre.rules().find((rule) => rule.id === id)?.state;
}

describe('threshold alerts', () => {
  test('a short peak, pending and gone without a trace', () => {
    fixture.hold(MEMORY, 87, MINUTE);
    expect(fixture.centre.active()).toMatchObject([{ state: 'pending', ruleId: 'host-memory' }]);
    expect(ruleState('host-memory')).toBe('pending');
    fixture.hold(MEMORY, 50, 10 * SECOND);
    expect(fixture.centre.active()).toEqual([]);
    const range = { from: START, to: START + HOUR };
    expect(fixture.centre.history({ range, limit: 10 }).total).toBe(0);
  });

  test('beyond the limit for long enough, fires with value, limit and since', () => {
    fixture.hold(MEMORY, 87, 3 * MINUTE);
    expect(fixture.centre.active()).toMatchObject([
      {
        state: 'firing',
        severity: 'warning',
        value: 87,
        limit: 85,
        clearLimit: 80,
        unit: 'percent',
        since: START + 5 * SECOND,
        firedAt: START + 5 * SECOND + 2 * MINUTE,
        summary: { key: 'alerts.summary.above.percent' },
      },
    ]);
  });

  test('between limit and clear limit, goes on firing; behind it for long enough, ends', () => {
    fixture.hold(MEMORY, 87, 3 * MINUTE);
    fixture.hold(MEMORY, 82, 10 * MINUTE);
    expect(ruleState('host-memory')).toBe('firing');
    fixture.hold(MEMORY, 79, 55 * SECOND);
    expect(ruleState('host-memory')).toBe('firing');
    fixture.hold(MEMORY, 79, 10 * SECOND);
    expect(ruleState('host-memory')).toBe('ok');
    const range = { from: START, to: START + 2 * HOUR };
    expect(fixture.centre.history({ range, limit: 10 }).alerts).toMatchObject([{ state: 'resolved' }]);
  });

  test('worse, one alert changes its severity and tells it once', () => {
    fixture.hold(MEMORY, 87, 3 * MINUTE);
    expect(fixture.notices.map((notice) => notice.severity)).toEqual(['warning']);
    fixture.hold(MEMORY, 95, 10 * MINUTE);
    expect(fixture.centre.active()).toMatchObject([{ severity: 'critical', limit: 90 }]);
    expect(fixture.notices.map((notice) => notice.severity)).toEqual(['warning', 'critical']);
    fixture.hold(MEMORY, 84, 10 * MINUTE);
    expect(fixture.centre.active()).toMatchObject([{ severity: 'warning' }]);
    fixture.hold(MEMORY, 95, 10 * MINUTE);
    expect(fixture.notices).toHaveLength(2);
  });

  test('each series of a metric, an alert of its own', () => {
    fixture.hold(DISK, 87, 2 * MINUTE, { mount: '/' });
    fixture.hold(DISK, 95, 2 * MINUTE, { mount: '/data' });
    expect(fixture.centre.active().map((alert) => alert.labels)).toEqual([
      { mount: '/data' },
      { mount: '/' },
    ]);
  });

  test('limits, taken from the settings in force', () => {
    fixture.settings = {
      ...fixture.settings,
      thresholds: { ...fixture.settings.thresholds, memoryPercent: { warn: 40, critical: 90 } },
    };
    fixture.hold(MEMORY, 50, 3 * MINUTE);
    expect(fixture.centre.active()).toMatchObject([{ limit: 40 }]);
  });

  test('time asleep, neither breach nor calm', () => {
    fixture.hold(MEMORY, 87, MINUTE);
    fixture.now += 8 * HOUR;
    fixture.hold(MEMORY, 87, 90 * SECOND);
    expect(fixture.centre.active()).toMatchObject([{ state: 'pending' }]);
    fixture.hold(MEMORY, 87, MINUTE);
    expect(fixture.centre.active()).toMatchObject([{ state: 'firing' }]);
    fixture.hold(MEMORY, 50, 30 * SECOND);
    fixture.now += 8 * HOUR;
    fixture.hold(MEMORY, 50, 30 * SECOND);
    expect(ruleState('host-memory')).toBe('firing');
  });

  test('no source, no data and an invalid value, states of their own', () => {
    expect(ruleState('host-memory')).toBe('noSource');
    fixture.hold(MEMORY, 50, MINUTE);
    expect(ruleState('host-memory')).toBe('ok');
    fixture.hold(MEMORY, undefined, 2 * MINUTE);
    expect(ruleState('host-memory')).toBe('ok');
    fixture.hold(MEMORY, undefined, MINUTE);
    expect(ruleState('host-memory')).toBe('noData');
    expect(fixture.centre.active()).toMatchObject([{ blindness: 'noData', severity: 'warning' }]);
    fixture.hold(MEMORY, 50, 10 * SECOND);
    expect(fixture.centre.active()).toEqual([]);
    fixture.hold(MEMORY, Number.NaN, 3 * MINUTE);
    expect(ruleState('host-memory')).toBe('error');
  });

  test('firing without data, keeps firing and says so', () => {
    fixture.hold(MEMORY, 87, 3 * MINUTE);
    fixture.hold(MEMORY, undefined, 5 * MINUTE);
    const [alert, ...others] = fixture.centre.active();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ state: 'firing', blindness: 'noData' });
    fixture.hold(MEMORY, 87, 10 * SECOND);
    expect(fixture.centre.active()[0]?.blindness).toBeUndefined();
  });

  test('after sleep, the silence before is not held against the series', () => {
    fixture.hold(MEMORY, 50, MINUTE);
    fixture.now += 8 * HOUR;
    fixture.centre.tick();
    fixture.hold(MEMORY, undefined, MINUTE);
    expect(ruleState('host-memory')).toBe('ok');
  });

  test('resolved by a person, stays away until the condition was gone once', () => {
    fixture.hold(MEMORY, 87, 3 * MINUTE);
    fixture.centre.resolve(fixture.centre.active()[0]!.id, 'mika');
    fixture.hold(MEMORY, 87, 10 * MINUTE);
    fixture.restart();
    fixture.hold(MEMORY, 87, 10 * MINUTE);
    expect(fixture.centre.active()).toEqual([]);
    fixture.hold(MEMORY, 50, 3 * MINUTE);
    fixture.hold(MEMORY, 87, 3 * MINUTE);
    expect(fixture.centre.active()).toHaveLength(1);
  });

  test('resolved by a person and then worse, opens a new alert', () => {
    fixture.hold(MEMORY, 87, 3 * MINUTE);
    fixture.centre.resolve(fixture.centre.active()[0]!.id, 'mika');
    fixture.hold(MEMORY, 96, 3 * MINUTE);
    expect(fixture.centre.active()).toMatchObject([{ severity: 'critical' }]);
  });

  test('a kill for lack of memory, fires at once and ends after half an hour without another', () => {
    fixture.hold('host_oom_kills_total', 3, MINUTE);
    expect(fixture.centre.active()).toEqual([]);
    fixture.restart();
    fixture.hold('host_oom_kills_total', 4, 5 * SECOND);
    expect(fixture.centre.active()).toMatchObject([{ ruleId: 'host-oom-kill', state: 'firing', value: 1 }]);
    fixture.hold('host_oom_kills_total', 4, 29 * MINUTE);
    expect(fixture.centre.active()).toHaveLength(1);
    fixture.hold('host_oom_kills_total', 4, 2 * MINUTE);
    expect(fixture.centre.active()).toEqual([]);
  });

  test('a counter that starts anew after a boot, and one that grew over night, no alert', () => {
    fixture.hold('host_oom_kills_total', 3, MINUTE);
    fixture.hold('host_oom_kills_total', 0, MINUTE);
    fixture.now += 8 * HOUR;
    fixture.hold('host_oom_kills_total', 9, MINUTE);
    expect(fixture.centre.active()).toEqual([]);
  });

  test('a forecast that is only there in trouble, ends when it is gone', () => {
    const collect = (hours: number | undefined, forMs: number): void => {
      for (let passed = 0; passed < forMs; passed += 5 * SECOND) {
        fixture.now += 5 * SECOND;
        const labels = { mount: '/' };
        const samples = [sampleOf('host_disk_free_bytes', 1e9, fixture.now, labels)];
        if (hours !== undefined)
          samples.push(sampleOf('host_disk_hours_until_full', hours, fixture.now, labels));
        fixture.centre.acceptSamples(samples);
        fixture.centre.tick();
      }
    };
    collect(undefined, MINUTE);
    expect(ruleState('host-disk-until-full')).toBe('ok');
    collect(6, 6 * MINUTE);
    expect(fixture.centre.active()).toMatchObject([{ severity: 'warning', limit: 8 }]);
    collect(1.5, 6 * MINUTE);
    expect(fixture.centre.active()).toMatchObject([{ severity: 'critical' }]);
    collect(undefined, 11 * MINUTE);
    expect(fixture.centre.active()).toEqual([]);
  });

  test('labels without end, bounded and counted', () => {
    const samples = Array.from({ length: MAX_INSTANCES_PER_RULE + 40 }, (_, index) =>
      sampleOf(DISK, 10, fixture.now, { mount: `/m${index}` }),
    );
    fixture.centre.acceptSamples(samples);
    expect(fixture.centre.queues()[1]).toMatchObject({ depth: MAX_INSTANCES_PER_RULE, dropped: 40 });
  });

  test('a series gone for an hour, forgotten with its alert', () => {
    fixture.hold(DISK, 95, 3 * MINUTE, { mount: '/usb' });
    expect(fixture.centre.active()).toHaveLength(1);
    fixture.hold(MEMORY, 10, 65 * MINUTE);
    expect(fixture.centre.active()).toEqual([]);
    expect(ruleState('host-disk-space')).toBe('noSource');
  });

  test('an idle machine, writes nothing', () => {
    fixture.hold(MEMORY, 50, MINUTE);
    const pages = (): unknown =>
      fixture.database.query<[], { n: number }>('SELECT total_changes() AS n').get();
    const before = pages();
    fixture.hold(MEMORY, 50, 10 * MINUTE);
    expect(pages()).toEqual(before);
    // A rule that has long been blind costs nothing either.
    fixture.hold('host_disk_latency_seconds', 0.001, MINUTE, { device: 'sda' });
    fixture.hold(MEMORY, 50, 20 * MINUTE);
    expect(ruleState('host-disk-latency')).toBe('noData');
    const blind = pages();
    fixture.hold(MEMORY, 50, 10 * MINUTE);
    expect(pages()).toEqual(blind);
  });
});
