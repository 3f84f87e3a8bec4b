/** How local times are typed: as they are shown everywhere. */
const WRITTEN = {
  time: /^([01]\d|2[0-3]):[0-5]\d$/,
  dateMinute: /^\d{4}-\d\d-\d\d[ T]([01]\d|2[0-3]):[0-5]\d$/,
} as const;

export type TimeKind = keyof typeof WRITTEN;

export function isWellWritten(text: string, kind: TimeKind): boolean {
  return WRITTEN[kind].test(text) && (kind === 'time' || !Number.isNaN(Date.parse(text.replace(' ', 'T'))));
}

/** UTC milliseconds of `2026-11-21 09:00` in this machine's time zone; NaN for anything else. */
export function parseLocalTime(text: string): number {
  return isWellWritten(text, 'dateMinute') ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
}
