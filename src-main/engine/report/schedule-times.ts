import type { ReportSchedule } from '../../../src-preload/contract/reports.ts';
import type { TimeRange } from '../../../src-preload/contract/shared.ts';
import { addDays, instantOf, localTimeOf, weekdayOf, type LocalTime } from './local-time.ts';

/** What decides when a schedule is due. */
export type SchedulePlan = Pick<ReportSchedule, 'every' | 'at' | 'weekday' | 'day'>;

/** Days looked through for a matching one: two months, and one to spare. */
const MAX_DAYS = 63;

/** The first time after `now` at which the schedule is due. */
export function nextTime(plan: SchedulePlan, now: number, zone: string): number {
  return found(plan, now, zone, 1, (instant) => instant > now);
}

/** The last time not after `now` at which the schedule was due. */
export function lastTime(plan: SchedulePlan, now: number, zone: string): number {
  return found(plan, now, zone, -1, (instant) => instant <= now);
}

/** The period a report due at `due` covers: since the time it was due before. */
export function periodOf(plan: SchedulePlan, due: number, zone: string): TimeRange {
  return { from: lastTime(plan, due - 1, zone), to: due };
}

/** As long a period as the schedule's, up to any time: for a report made on demand. */
export function periodUntil(plan: SchedulePlan, now: number, zone: string): TimeRange {
  const local = localTimeOf(now, zone);
  if (plan.every === 'day') return { from: instantOf(addDays(local, -1), zone), to: now };
  if (plan.every === 'week') return { from: instantOf(addDays(local, -7), zone), to: now };
  const lastOfMonth = addDays({ ...local, day: 1 }, -1);
  // The 31st of a month after one of 30 days is as far from that one's last day.
  const before = { ...lastOfMonth, day: Math.min(local.day, lastOfMonth.day) };
  return { from: instantOf(before, zone), to: now };
}

/** A plan as text: the same as long as nothing changes when it is due. */
export function planText({ every, at, weekday, day }: SchedulePlan): string {
  if (every === 'day') return `day ${at}`;
  return every === 'week' ? `week ${weekday} ${at}` : `month ${day} ${at}`;
}

function found(
  plan: SchedulePlan,
  now: number,
  zone: string,
  step: 1 | -1,
  fits: (instant: number) => boolean,
): number {
  const [hour = 0, minute = 0] = plan.at.split(':').map(Number);
  // From a day on the other side: a skipped time may fall on the next date.
  const start: LocalTime = addDays({ ...localTimeOf(now, zone), hour, minute }, -step);
  for (let days = 0; days <= MAX_DAYS; days += 1) {
    const date = addDays(start, days * step);
    if (!isDay(plan, date)) continue;
    const instant = instantOf(date, zone);
    if (fits(instant)) return instant;
  }
  throw new RangeError('A schedule is due at least once in two months');
}

function isDay({ every, weekday, day }: SchedulePlan, date: LocalTime): boolean {
  if (every === 'day') return true;
  return every === 'week' ? weekdayOf(date) === weekday : date.day === day;
}
