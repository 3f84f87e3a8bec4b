import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, localTimeOf, weekdayOf } from '../../../src-main/engine/report/local-time.ts';
import {
  lastTime,
  nextTime,
  periodOf,
  periodUntil,
  type SchedulePlan,
} from '../../../src-main/engine/report/schedule-times.ts';

const ZONES = [
  'Asia/Tokyo',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'UTC',
];
const DAY = 86_400_000;
const zone = fc.constantFrom(...ZONES);
const now = fc.integer({ min: Date.UTC(2010, 0), max: Date.UTC(2040, 0) });
const plan: fc.Arbitrary<SchedulePlan> = fc.record({
  every: fc.constantFrom('day', 'week', 'month'),
  at: fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`),
  weekday: fc.integer({ min: 1, max: 7 }),
  day: fc.integer({ min: 1, max: 28 }),
});
const daily = (at: string): SchedulePlan => ({ every: 'day', at, weekday: 1, day: 1 });

describe('the times of a schedule', () => {
  it('are before and after now, and nothing is due between them', () => {
    fc.assert(
      fc.property(plan, now, zone, (each, at, where) => {
        const next = nextTime(each, at, where);
        const last = lastTime(each, at, where);
        expect(last).toBeLessThanOrEqual(at);
        expect(next).toBeGreaterThan(at);
        expect(nextTime(each, last, where)).toBe(next);
        expect(lastTime(each, next - 1, where)).toBe(last);
        expect(lastTime(each, next, where)).toBe(next);
      }),
      { numRuns: 400 },
    );
  });

  it('are what the clock shows, on the day that is wanted, unless the clock skips it', () => {
    fc.assert(
      fc.property(plan, now, zone, (each, at, where) => {
        const local = localTimeOf(nextTime(each, at, where), where);
        if (each.every === 'week' && weekdayOf(local) !== each.weekday) return skipped(each, at, where);
        if (each.every === 'month' && local.day !== each.day) return skipped(each, at, where);
        const shown = `${String(local.hour).padStart(2, '0')}:${String(local.minute).padStart(2, '0')}`;
        return shown === each.at || skipped(each, at, where);
      }),
      { numRuns: 400 },
    );
  });

  it('follow one another without a gap: periods cover all time once', () => {
    fc.assert(
      fc.property(plan, now, zone, (each, at, where) => {
        const due = lastTime(each, at, where);
        const period = periodOf(each, due, where);
        expect(period.to).toBe(due);
        expect(periodOf(each, nextTime(each, due, where), where).from).toBe(due);
        const days = (period.to - period.from) / DAY;
        const [least, most] = { day: [0.9, 2.1], week: [6.9, 8.1], month: [27.9, 32.1] }[each.every];
        expect(days).toBeGreaterThan(least!);
        expect(days).toBeLessThan(most!);
      }),
      { numRuns: 300 },
    );
  });

  it('on the night clocks are put forward is after the hour that is skipped', () => {
    // Berlin, 2026-03-29: 02:00 becomes 03:00.
    const before = Date.UTC(2026, 2, 28, 12);
    expect(nextTime(daily('02:30'), before, 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 1, 30));
    expect(nextTime(daily('02:30'), Date.UTC(2026, 2, 29, 2), 'Europe/Berlin')).toBe(
      Date.UTC(2026, 2, 30, 0, 30),
    );
  });

  it('on the night clocks are put back comes once, the first time', () => {
    // New York, 2026-11-01: 02:00 becomes 01:00.
    const first = Date.UTC(2026, 10, 1, 5, 30);
    expect(nextTime(daily('01:30'), Date.UTC(2026, 10, 1), 'America/New_York')).toBe(first);
    expect(nextTime(daily('01:30'), first, 'America/New_York')).toBe(Date.UTC(2026, 10, 2, 6, 30));
  });

  it('a day that is 23 or 25 hours long is one period', () => {
    const { from, to } = periodOf(daily('07:00'), Date.UTC(2026, 2, 29, 5), 'Europe/Berlin');
    expect(to - from).toBe(23 * 3_600_000);
  });

  it('a report made on demand covers as long a time, also at the end of a month', () => {
    const monthly: SchedulePlan = { every: 'month', at: '07:00', weekday: 1, day: 1 };
    const march31 = instantOf({ year: 2026, month: 3, day: 31, hour: 9, minute: 0 }, 'Asia/Tokyo');
    const period = periodUntil(monthly, march31, 'Asia/Tokyo');
    expect(localTimeOf(period.from, 'Asia/Tokyo')).toMatchObject({ month: 2, day: 28, hour: 9 });
    expect(period.to).toBe(march31);
    const january = instantOf({ year: 2026, month: 1, day: 15, hour: 9, minute: 0 }, 'Asia/Tokyo');
    expect(localTimeOf(periodUntil(monthly, january, 'Asia/Tokyo').from, 'Asia/Tokyo')).toMatchObject({
      year: 2025,
      month: 12,
      day: 15,
    });
  });
});

/** The clock of the zone never shows that time on that day. */
function skipped(each: SchedulePlan, at: number, where: string): boolean {
  const next = nextTime(each, at, where);
  const [hour = 0, minute = 0] = each.at.split(':').map(Number);
  for (const days of [-1, 0, 1]) {
    const local = { ...localTimeOf(next + days * DAY, where), hour, minute };
    const shown = localTimeOf(instantOf(local, where), where);
    if (shown.hour !== hour || shown.minute !== minute || shown.day !== local.day) return true;
  }
  return false;
}
