/** Levels by their names in RFC 5424, worst first: the index is the level. */
export const LEVEL_NAMES = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
] as const;
