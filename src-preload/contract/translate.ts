import type { Message } from './shared.ts';
import type { Unit } from './metrics.ts';

const UNITS: readonly Unit[] = [
  'percent',
  'bytes',
  'bytesPerSecond',
  'seconds',
  'count',
  'perSecond',
  'hours',
];

function asUnit(value: string | number | undefined): Unit | undefined {
  return UNITS.find((unit) => unit === value);
}

/** Writes numbers the way the language shown does. */
export interface Writer {
  number: (value: number) => string;
  quantity: (value: number, unit: Unit) => string;
  duration: (milliseconds: number) => string;
  time: (value: number) => string;
}

/** Looks words up: vue-i18n on screen, the locale file itself in the terminal. */
export interface Translator {
  t: (key: string, parameters: Record<string, unknown>, plural?: number) => string;
  te: (key: string) => boolean;
  writer: Writer;
}

/** Parameters that are measured in the message's `unit`, when it has one. */
const MEASURED = new Set([
  'value',
  'limit',
  'second',
  'clearLimit',
  'low',
  'high',
  'threshold',
  'warn',
  'critical',
]);

function writeParameter(name: string, value: number, unit: Unit | undefined, writer: Writer): string {
  if (/(Ms|Milliseconds)$/.test(name) || name === 'duration') return writer.duration(value);
  if (/(At|Time)$/.test(name) || name === 'time') return writer.time(value);
  if (/Bytes$/.test(name) || name === 'bytes') return writer.quantity(value, 'bytes');
  if (unit !== undefined && MEASURED.has(name)) return writer.quantity(value, unit);
  return writer.number(value);
}

/**
 * Puts an engine message into words. Numbers are written by their parameter's name: `…Ms` is a duration, `…At` a
 * time, `…Bytes` a size, and `value`, `limit` … are in the message's `unit`. `severity`, `type`, `types`, `event` and
 * `check` name words of their own. A key without words shows itself rather than nothing.
 */
export function translateMessage(message: Message, { t, te, writer }: Translator): string {
  const unit = asUnit(message.parameters['unit']);
  const parameters: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(message.parameters)) {
    if (typeof value === 'number') parameters[name] = writeParameter(name, value, unit, writer);
    else if (name === 'severity' && te(`severity.${value}`)) parameters[name] = t(`severity.${value}`, {});
    else if (name === 'type' && te(`threats.type.${value}`))
      parameters[name] = t(`threats.type.${value}`, {});
    else if (name === 'types')
      parameters[name] = value
        .split(', ')
        .map((type) => (te(`threats.type.${type}`) ? t(`threats.type.${type}`, {}) : type))
        .join(' · ');
    else if (name === 'event' && te(`threats.event.${value}`))
      parameters[name] = t(`threats.event.${value}`, {});
    else if (name === 'check' && te(`checks.${value}.title`))
      parameters[name] = t(`checks.${value}.title`, {});
    else parameters[name] = value;
  }
  if (!te(message.key)) return wordless(message);
  const count = message.parameters['count'] ?? message.parameters['n'];
  return t(message.key, parameters, typeof count === 'number' ? count : 1);
}

function wordless(message: Message): string {
  const facts = Object.entries(message.parameters).map(([name, value]) => `${name}=${value}`);
  return [message.key, ...facts].join(' ');
}
