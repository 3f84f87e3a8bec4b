import type { TimeRange } from '../../src-preload/contract/shared.ts';
import { CommandError, EXIT } from './exit.ts';

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `24h`, `7d`, `30m` until now, or `FROM..TO` in ISO 8601 with either end left out. @throws CommandError */
export function parseTimeRange(text: string, now: number): TimeRange {
  const [, amount, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined)
    return { from: Math.max(0, now - Number(amount) * (UNIT_MS[unit] ?? 0)), to: now };
  const ends = text.split('..');
  const [from = '', to = ''] = ends;
  const range = { from: timeOf(from, 0), to: timeOf(to, now) };
  if (ends.length === 2 && range.from < range.to) return range;
  throw new CommandError(
    EXIT.usage,
    `"${text}" is not a range; write it as 24h, 7d or 2026-11-20T09:00:00Z..2026-11-21T09:00:00Z`,
  );
}

function timeOf(text: string, otherwise: number): number {
  return text === '' ? otherwise : Date.parse(text);
}
