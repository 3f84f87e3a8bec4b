import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  durationWords,
  formatCompact,
  formatNumber,
  formatQuantity,
  formatTime,
  NO_VALUE,
  zoneName,
} from '../../../src-preload/contract/format.ts';
import type { Unit } from '../../../src-preload/contract/metrics.ts';

const UNITS: Unit[] = ['percent', 'bytes', 'bytesPerSecond', 'seconds', 'count', 'perSecond', 'hours'];

describe('numbers', () => {
  it('are never "NaN", "-0" or "Infinity", whatever the value and unit', () => {
    fc.assert(
      fc.property(
        fc.double(),
        fc.constantFrom(...UNITS),
        fc.constantFrom('en', 'ja'),
        (value, unit, locale) => {
          const texts = [
            formatNumber(value, locale),
            formatCompact(value, locale),
            formatQuantity(value, unit, locale),
          ];
          for (const text of texts) expect(text).not.toMatch(/NaN|∞|Infinity|^[-−]0(\.0+)?\b(?!\.)/);
        },
      ),
    );
  });

  it.each([
    [92.34, 'percent', '92%'],
    [0.42, 'percent', '0.4%'],
    [12_400_000_000, 'bytes', '12.4 GB'],
    [999_700, 'bytes', '1 MB'],
    [512, 'bytes', '512 B'],
    [0.0032, 'seconds', '3.2 ms'],
    [6.24, 'hours', '6.2 h'],
    [4812, 'perSecond', '4,812 /s'],
    [-0.0001, 'count', '0'],
  ] as const)('%d %s is written %s', (value, unit, text) => {
    expect(formatQuantity(value, unit, 'en')).toBe(text);
  });

  it('without a value are a dash, not a zero', () => {
    expect(formatQuantity(null, 'percent', 'en')).toBe(NO_VALUE);
    expect(formatNumber(Number.NaN, 'ja')).toBe(NO_VALUE);
  });

  it.each([
    [999, '999'],
    [9999, '9,999'],
    [61_234, '61.2k'],
    [999_600, '1M'],
    [3_400_000, '3.4M'],
  ])('%d is %s where there is little room', (value, text) => {
    expect(formatCompact(value, 'en')).toBe(text);
  });
});

describe('durations', () => {
  it.each([
    [-5000, { key: 'seconds', n: 0, rest: 0 }],
    [250, { key: 'milliseconds', n: 250, rest: 0 }],
    [59_999, { key: 'seconds', n: 59, rest: 0 }],
    [660_000, { key: 'minutes', n: 11, rest: 0 }],
    [7_500_000, { key: 'hoursMinutes', n: 2, rest: 5 }],
    [30_000_000, { key: 'hours', n: 8, rest: 0 }],
    [90_000_000, { key: 'daysHours', n: 1, rest: 1 }],
  ] as const)('%d ms has the words %o', (span, words) => {
    expect(durationWords(span)).toEqual(words);
  });
});

describe('times', () => {
  const time = Date.UTC(2026, 10, 20, 1, 42, 18, 7);

  it('are ISO and in the zone asked', () => {
    expect(formatTime(time, 'dateTime', 'Asia/Tokyo')).toBe('2026-11-20 10:42:18');
    expect(formatTime(time, 'milliseconds', 'UTC')).toBe('01:42:18.007');
  });

  it('name their zone by its customary letters, else by its offset', () => {
    expect(zoneName('Asia/Tokyo', time)).toBe('JST');
    expect(zoneName('UTC', time)).toBe('UTC');
    expect(zoneName('Asia/Kathmandu', time)).toBe('UTC+5:45');
  });
});
