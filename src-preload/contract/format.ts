import type { Unit } from './metrics.ts';

/** A number and its unit apart, so that the unit can step back (`text-3`). `space` says whether a space parts them. */
export interface Quantity {
  number: string;
  unit: string;
  space: boolean;
}

/** What is written where there is no value. Never 0, never "NaN". */
export const NO_VALUE = '–';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const numberFormats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string, digits: number): Intl.NumberFormat {
  const key = `${locale}/${digits}`;
  let format = numberFormats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: 0, maximumFractionDigits: digits });
    numberFormats.set(key, format);
  }
  return format;
}

/** Digits after the point that a reader can use: three significant figures, none from 100 up. */
function usefulDigits(value: number): number {
  const size = Math.abs(value);
  if (size >= 100) return 0;
  if (size >= 10) return 1;
  return size >= 1 || size === 0 ? 1 : 2;
}

/** "4,812", "2.1", "0.04"; never "-0" and never "NaN". */
export function formatNumber(value: number | null | undefined, locale: string, digits?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NO_VALUE;
  const text = numberFormat(locale, digits ?? usefulDigits(value)).format(value);
  return /[1-9]/.test(text) ? text : text.replace(/^[-−]/, '');
}

/** "912", "61.2k", "3.4M": for narrow places. */
export function formatCompact(value: number | null | undefined, locale: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  if (size < 10_000) return formatNumber(value, locale, size < 100 && !Number.isInteger(value) ? 1 : 0);
  if (size < 999_500) return `${formatNumber(value / 1e3, locale, size < 100_000 ? 1 : 0)}k`;
  if (size < 999_500_000) return `${formatNumber(value / 1e6, locale, size < 1e8 ? 1 : 0)}M`;
  return `${formatNumber(value / 1e9, locale, 1)}G`;
}

/** Powers of 1000, as disks are sold and as SPEC counts. */
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

function scaleBytes(bytes: number): { value: number; unit: string } {
  let value = bytes;
  let step = 0;
  // 999.5 would be shown as "1,000 kB".
  while (Math.abs(value) >= 999.5 && step < BYTE_UNITS.length - 1) {
    value /= 1000;
    step += 1;
  }
  return { value, unit: BYTE_UNITS[step] ?? 'B' };
}

/** A value in its unit, for reading: seconds become ms or s, bytes get a power of 1000. */
export function quantity(value: number | null | undefined, unit: Unit, locale: string): Quantity {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return { number: NO_VALUE, unit: '', space: false };
  }
  switch (unit) {
    case 'percent':
      return { number: formatNumber(value, locale, Math.abs(value) < 10 ? 1 : 0), unit: '%', space: false };
    case 'bytes':
    case 'bytesPerSecond': {
      const scaled = scaleBytes(value);
      const digits = scaled.unit === 'B' ? 0 : undefined;
      return {
        number: formatNumber(scaled.value, locale, digits),
        unit: unit === 'bytes' ? scaled.unit : `${scaled.unit}/s`,
        space: true,
      };
    }
    case 'seconds':
      return Math.abs(value) < 1
        ? { number: formatNumber(value * 1000, locale), unit: 'ms', space: true }
        : { number: formatNumber(value, locale), unit: 's', space: true };
    case 'hours':
      return { number: formatNumber(value, locale), unit: 'h', space: true };
    case 'perSecond':
      return { number: formatNumber(value, locale), unit: '/s', space: true };
    case 'count':
      return { number: formatNumber(value, locale), unit: '', space: false };
  }
}

/** "842 ms", "38%", "12.4 GB". */
export function formatQuantity(value: number | null | undefined, unit: Unit, locale: string): string {
  const parts = quantity(value, unit, locale);
  if (parts.unit === '') return parts.number;
  return parts.space ? `${parts.number} ${parts.unit}` : `${parts.number}${parts.unit}`;
}

/** For axis labels, where the unit stands elsewhere: "50", "2.5M", "40 ms". */
export function formatAxis(value: number, unit: Unit, locale: string): string {
  return unit === 'seconds' || unit === 'hours'
    ? formatQuantity(value, unit, locale)
    : formatCompact(value, locale);
}

export function formatBytes(bytes: number | null | undefined, locale: string): string {
  return formatQuantity(bytes, 'bytes', locale);
}

/** Which duration word with which count; the words are in the locale files under `time.duration`. */
export interface DurationWords {
  key: 'milliseconds' | 'seconds' | 'minutes' | 'hours' | 'days' | 'hoursMinutes' | 'daysHours';
  n: number;
  rest: number;
}

/** One or two parts at most: "8 s", "11 min", "2 h 5 min", "3 d 4 h". Negative spans (clock set back) count as 0. */
export function durationWords(milliseconds: number): DurationWords {
  const span = Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0;
  if (span > 0 && span < 1000) return { key: 'milliseconds', n: Math.round(span), rest: 0 };
  if (span < MINUTE) return { key: 'seconds', n: Math.floor(span / 1000), rest: 0 };
  if (span < HOUR) return { key: 'minutes', n: Math.floor(span / MINUTE), rest: 0 };
  if (span < DAY) {
    const hours = Math.floor(span / HOUR);
    const minutes = Math.floor((span % HOUR) / MINUTE);
    // From six hours on, minutes say nothing more.
    return minutes === 0 || hours >= 6
      ? { key: 'hours', n: hours, rest: 0 }
      : { key: 'hoursMinutes', n: hours, rest: minutes };
  }
  const days = Math.floor(span / DAY);
  const hours = Math.floor((span % DAY) / HOUR);
  return hours === 0 || days >= 7
    ? { key: 'days', n: days, rest: 0 }
    : { key: 'daysHours', n: days, rest: hours };
}

export type TimeStyle = 'time' | 'minute' | 'milliseconds' | 'dateTime' | 'dateMinute' | 'date';

const timeParts = new Map<string, Intl.DateTimeFormat>();

function partsOf(time: number, zone: string): Record<string, string> {
  let format = timeParts.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    timeParts.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(time).map((part) => [part.type, part.value]));
}

/** ISO order in every language: "10:42:18", "2026-11-20 10:42". No zone; see `zoneName`. */
export function formatTime(time: number | null | undefined, style: TimeStyle, zone: string): string {
  if (time === null || time === undefined || !Number.isFinite(time)) return NO_VALUE;
  const part = partsOf(time, zone);
  const date = `${part['year']}-${part['month']}-${part['day']}`;
  const minute = `${part['hour']}:${part['minute']}`;
  const second = `${minute}:${part['second']}`;
  switch (style) {
    case 'minute':
      return minute;
    case 'time':
      return second;
    case 'milliseconds':
      return `${second}.${String(((time % 1000) + 1000) % 1000).padStart(3, '0')}`;
    case 'date':
      return date;
    case 'dateTime':
      return `${date} ${second}`;
    case 'dateMinute':
      return `${date} ${minute}`;
  }
}

/** The zone's customary short name ("JST", "CET"); "UTC+9" where none is known. */
export function zoneName(zone: string, time: number): string {
  // Which abbreviations exist depends on the language asked; JST is known to Japanese and not to English.
  for (const language of ['en-US', 'ja-JP', 'en-GB', 'en-AU', 'en-IN']) {
    const name = namePart(language, zone, 'short', time);
    if (name !== '' && /^[A-Z]{2,5}$/.test(name) && name !== 'GMT') return name;
  }
  return (namePart('en-US', zone, 'shortOffset', time) || 'UTC').replace('GMT', 'UTC');
}

/** To make one takes half a millisecond, and the name of the zone stands beside many times. */
const nameFormats = new Map<string, Intl.DateTimeFormat>();

function namePart(language: string, zone: string, style: 'short' | 'shortOffset', time: number): string {
  const key = `${language} ${style} ${zone}`;
  let format = nameFormats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: style });
    nameFormats.set(key, format);
  }
  return format.formatToParts(time).find((part) => part.type === 'timeZoneName')?.value ?? '';
}
