/*
 * Free of zod, for who only compares: the terminal answers a search sooner than zod is loaded.
 */

/** The four severities people see, worst first (SPEC: severity). */
export const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** RFC 5424 severity, 0 emergency … 7 debug: how it is stored. */
export type Level = number;

/**
 * RFC 5424 → the four: 0–2 critical, 3 error, 4 warning, 5–7 info.
 */
export function severityOfLevel(level: Level): Severity {
  if (level <= 2) return 'critical';
  if (level === 3) return 'error';
  return level === 4 ? 'warning' : 'info';
}
