import type { Time, TimeRange } from '../shared.ts';

/**
 * Times as a query names them, in the zone of this machine: a day, an hour, a minute, a second, a moment of today, or a
 * distance from now. What is named less exactly is longer: `2026-11-21` is the whole day.
 */
const STAMP =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T_ ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,3}))?)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const OF_TODAY = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const FROM_NOW = /^now(?:([+-])(\d{1,6})([smhdw]))?$/;

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** The span a text names, half-open; undefined when it names none. */
export function timeSpanOf(text: string, now: Time): TimeRange | undefined {
  const word = text.toLowerCase();
  if (word === 'today' || word === 'yesterday') return dayFrom(now, word === 'today' ? 0 : -1);
  return fromNow(word, now) ?? ofToday(word, now) ?? stamp(text);
}

function dayFrom(now: Time, days: number): TimeRange {
  const at = new Date(now);
  const day = (offset: number): Time =>
    new Date(at.getFullYear(), at.getMonth(), at.getDate() + offset).getTime();
  return { from: day(days), to: day(days + 1) };
}

function fromNow(word: string, now: Time): TimeRange | undefined {
  const match = FROM_NOW.exec(word);
  if (match === null) return undefined;
  const [, sign = '-', count = '0', unit = 's'] = match;
  const at = now + Number(count) * (UNIT_MS[unit] ?? 0) * (sign === '-' ? -1 : 1);
  return { from: at, to: at + 1 };
}

function ofToday(word: string, now: Time): TimeRange | undefined {
  const match = OF_TODAY.exec(word);
  if (match === null) return undefined;
  const [, hour, minute, second] = match.map(Number);
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined;
  const day = new Date(now);
  const exact = match[3] !== undefined;
  const from = new Date(
    day.getFullYear(),
    day.getMonth(),
    day.getDate(),
    hour ?? 0,
    minute ?? 0,
    exact ? (second ?? 0) : 0,
  ).getTime();
  return { from, to: from + (exact ? 1000 : 60_000) };
}

function stamp(text: string): TimeRange | undefined {
  const match = STAMP.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour, minute, second, fraction, zone] = match;
  const date = `${year}-${month}-${day}`;
  if (Number.isNaN(Date.parse(`${date}T00:00:00Z`))) return undefined;
  const clock = `${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}.${(fraction ?? '').padEnd(3, '0')}`;
  const from = Date.parse(`${date}T${clock}${zone === undefined ? '' : zoneOf(zone)}`);
  if (Number.isNaN(from)) return undefined;
  if (fraction !== undefined) return { from, to: from + 1 };
  if (second !== undefined) return { from, to: from + 1000 };
  if (minute !== undefined) return { from, to: from + 60_000 };
  if (hour !== undefined) return { from, to: from + 3_600_000 };
  // Not 24 hours: on the day the clocks change it is one more or less.
  return { from, to: new Date(Number(year), Number(month) - 1, Number(day) + 1).getTime() };
}

function zoneOf(zone: string): string {
  return zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
}
