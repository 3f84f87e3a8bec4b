import { z } from 'zod';
import { severitySchema, type Severity } from '../../../src-preload/contract/shared.ts';
import type { Settings } from '../../../src-preload/contract/settings.ts';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `30s`, `5m`, `4h`, `1d` → milliseconds. */
const durationSchema = z
  .string()
  .regex(/^\d{1,5}[smhd]$/, 'alerts.problem.duration')
  .transform((text) => {
    const unit = text.at(-1);
    const factor = unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? UNIT_MS[unit] : 0;
    return Number(text.slice(0, -1)) * factor;
  });

const BANDS = ['cpuPercent', 'memoryPercent', 'diskPercent', 'errorPercent', 'latencySeconds'] as const;

/** A number, or a band of the settings such as `thresholds.cpuPercent.warn`. */
const limitSchema = z.union([
  z.number(),
  z.templateLiteral(['thresholds.', z.enum(BANDS), '.', z.enum(['warn', 'critical'])]),
]);

const shared = {
  id: z.string().regex(/^[a-z0-9-]{1,60}$/),
  area: z.enum(['infrastructure', 'security', 'yagura']),
};

/** A value beyond a limit. Two levels at most: the limit of the worse severity lies further out. */
const thresholdSchema = z.strictObject({
  ...shared,
  kind: z.literal('threshold'),
  metric: z.string().min(1).max(200),
  compare: z.enum(['above', 'below']),
  /** Compare the size of the value, whatever its sign (a clock may be ahead or behind). */
  magnitude: z.boolean().default(false),
  unit: z.enum(['percent', 'hours', 'seconds', 'bytes']),
  levels: z
    .array(z.strictObject({ severity: severitySchema, limit: limitSchema }))
    .min(1)
    .max(2),
  /** How far back behind the limit it must come before it counts as clear (hysteresis), in the metric's unit. */
  clearMargin: z.number().min(0),
  /** How long it must be beyond the limit before it fires. */
  for: durationSchema,
  /** How long it must be clear before the alert ends. */
  clearFor: durationSchema,
  /** The alert stays at least this long after the limit was last passed. */
  keepFiringFor: durationSchema.default(0),
  /** Without a value for this long there is no data; then `for` runs before it is said. */
  noDataAfter: durationSchema.default(30_000),
  /** `alert`: no data raises an alert of its own; `show`: the rule only says so. */
  noData: z.enum(['alert', 'show']).default('show'),
  /** A metric that is only there while something is wrong: where this other metric has a value and it has none, it is clear. */
  absentIsClearWith: z.string().max(200).optional(),
});

/** A counter that grew since the last reading. */
const increaseSchema = z.strictObject({
  ...shared,
  kind: z.literal('increase'),
  metric: z.string().min(1).max(200),
  severity: severitySchema,
  /** The alert ends when it has not grown for this long. */
  quietAfter: durationSchema,
});

/** Findings of detectors and observations of sources. */
const eventSchema = z.strictObject({
  ...shared,
  kind: z.literal('event'),
  severity: severitySchema,
  /** What it needs to see anything: `logs`, or a metric's name. */
  requires: z.string().min(1).max(200),
  /** The alert ends when nothing new came for this long. */
  quietAfter: durationSchema,
});

const ruleSchema = z.discriminatedUnion('kind', [thresholdSchema, increaseSchema, eventSchema]);
export const ruleFileSchema = z.strictObject({ rules: z.array(ruleSchema).min(1).max(200) });

export type AlertRule = z.output<typeof ruleSchema>;
export type ThresholdRule = z.output<typeof thresholdSchema>;
export type IncreaseRule = z.output<typeof increaseSchema>;
export type EventRule = z.output<typeof eventSchema>;

/** The rule all findings of detectors go by. */
export const ATTACK_RULE = 'attack';

export interface ResolvedLevel {
  severity: Severity;
  limit: number;
  /** At or behind this it counts as clear. */
  clearLimit: number;
}

/** The levels of a rule with the settings in force put in. */
export function levelsOf(rule: ThresholdRule, thresholds: Settings['thresholds']): ResolvedLevel[] {
  return rule.levels.map(({ severity, limit }) => {
    const value = typeof limit === 'number' ? limit : bandLimit(limit, thresholds);
    const clearLimit = rule.compare === 'above' ? value - rule.clearMargin : value + rule.clearMargin;
    return { severity, limit: value, clearLimit };
  });
}

function bandLimit(path: string, thresholds: Settings['thresholds']): number {
  const [, name, side] = path.split('.');
  const band = BANDS.find((each) => each === name);
  // The schema lets no other name through.
  if (band === undefined) return Number.NaN;
  return side === 'warn' ? thresholds[band].warn : thresholds[band].critical;
}
