import { useI18n } from 'vue-i18n';
import type { Message } from '../../src-preload/contract/shared.ts';
import type { Unit } from '../../src-preload/contract/metrics.ts';
import {
  formatAxis,
  durationWords,
  formatBytes,
  formatCompact,
  formatNumber,
  formatQuantity,
  formatTime,
  NO_VALUE,
  quantity,
  zoneName,
  type Quantity,
  type TimeStyle,
} from '../../src-preload/contract/format.ts';
import { translateMessage } from '../../src-preload/contract/translate.ts';
import { useClock } from './use-clock.ts';

export interface Format {
  number: (value: number | null | undefined, digits?: number) => string;
  compact: (value: number | null | undefined) => string;
  bytes: (bytes: number | null | undefined) => string;
  quantity: (value: number | null | undefined, unit: Unit) => string;
  /** Short, for an axis. */
  axis: (value: number, unit: Unit) => string;
  /** Number and unit apart. */
  parts: (value: number | null | undefined, unit: Unit) => Quantity;
  /** "11 min". */
  duration: (milliseconds: number) => string;
  /** Like `duration`, but no age is told in milliseconds. */
  age: (milliseconds: number) => string;
  /** "3 s ago"; re-renders as the clock ticks. */
  ago: (time: number | null | undefined) => string;
  time: (time: number | null | undefined, style?: TimeStyle) => string;
  /** "10:42:18 JST". */
  timeWithZone: (time: number | null | undefined, style?: TimeStyle) => string;
  zone: (time?: number) => string;
  /** A text from the engine. */
  message: (message: Message) => string;
  /** "a, b and c" / "a、b、c". */
  list: (items: readonly string[]) => string;
}

/** Writing of numbers, times and engine messages in the language shown. All follow a language switch at once. */
export function useFormat(): Format {
  const { t, locale, ...i18n } = useI18n();
  const clock = useClock();
  const zoneId = clock.zone;

  const duration = (milliseconds: number): string => {
    const words = durationWords(milliseconds);
    return t(`time.duration.${words.key}`, { n: words.n, rest: words.rest });
  };
  const time = (value: number | null | undefined, style: TimeStyle = 'time'): string =>
    formatTime(value, style, zoneId);
  const zone = (value?: number): string => zoneName(zoneId, value ?? clock.now.value);
  const writer = {
    number: (value: number): string => formatNumber(value, locale.value),
    quantity: (value: number, unit: Unit): string => formatQuantity(value, unit, locale.value),
    duration,
    time: (value: number): string => time(value, 'time'),
  };

  return {
    number: (value, digits) => formatNumber(value, locale.value, digits),
    compact: (value) => formatCompact(value, locale.value),
    bytes: (bytes) => formatBytes(bytes, locale.value),
    quantity: (value, unit) => formatQuantity(value, unit, locale.value),
    axis: (value, unit) => formatAxis(value, unit, locale.value),
    parts: (value, unit) => quantity(value, unit, locale.value),
    duration,
    age: (milliseconds) => duration(Math.max(1000, milliseconds)),
    ago: (value) =>
      value === null || value === undefined
        ? NO_VALUE
        : t('time.ago', {
            duration: duration(Math.floor(Math.max(0, clock.now.value - value) / 1000) * 1000),
          }),
    time,
    timeWithZone: (value, style) =>
      value === null || value === undefined ? NO_VALUE : `${time(value, style)} ${zone(value)}`,
    zone,
    message: (message) =>
      translateMessage(message, {
        t: (key, parameters, plural) => t(key, parameters, plural ?? 1),
        te: (key) => i18n.te(key),
        writer,
      }),
    list: (items) => new Intl.ListFormat(locale.value, { type: 'conjunction' }).format(items),
  };
}
