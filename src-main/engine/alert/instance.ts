import { z } from 'zod';
import { SEVERITIES, severitySchema, type Severity } from '../../../src-preload/contract/shared.ts';
import { HISTORIC_AFTER_MS } from '../flow/clock.ts';
import { isQuiet, QUIET_LEVEL, standingOf, stepLevel, type Standing } from './level.ts';
import type { IncreaseRule, ResolvedLevel, ThresholdRule } from './rule.ts';

const levelSchema = z.object({
  breachSince: z.number().optional(),
  active: z.boolean(),
  clearSince: z.number().optional(),
  lastBreachAt: z.number().optional(),
});

const instanceSchema = z.object({
  /** In the order of the rule's levels. */
  levels: z.array(levelSchema),
  lastDataAt: z.number().optional(),
  value: z.number().optional(),
  /** Increase rules: the counter as last read. */
  counter: z.number().optional(),
  /** Watching without a value since. */
  missingSince: z.number().optional(),
  blindness: z.enum(['noData', 'error']).optional(),
  /** A person ended an alert of this severity; it does not come back until the condition is gone. */
  dismissed: severitySchema.optional(),
  /** Counts alerts of this instance: part of their ids. */
  sequence: z.number(),
});

/** The state machine of one rule on one series. */
export type Instance = z.output<typeof instanceSchema>;

export type Phase = { phase: 'ok' } | { phase: 'pending' | 'firing'; level: number; since: number };

export function newInstance(levels: number): Instance {
  return { levels: Array.from({ length: levels }, () => QUIET_LEVEL), sequence: 0 };
}

/** An instance as it was kept; undefined when it does not fit the rule (any more). */
export function parseInstance(text: string, levels: number): Instance | undefined {
  try {
    const result = instanceSchema.safeParse(JSON.parse(text));
    return result.success && result.data.levels.length === levels ? result.data : undefined;
  } catch {
    // Damaged: it starts anew, as a new series does.
    return undefined;
  }
}

/** After a value of a threshold rule. A value older than the last one changes nothing. */
export function stepThreshold(
  instance: Instance,
  rule: ThresholdRule,
  levels: ResolvedLevel[],
  time: number,
  value: number | 'absent',
  noDataAfterMs: number,
): Instance {
  if (instance.lastDataAt !== undefined && time < instance.lastDataAt) return instance;
  const size = value !== 'absent' && rule.magnitude ? Math.abs(value) : value;
  return stepAll(
    instance,
    time,
    noDataAfterMs,
    (state, index, gapMs) => {
      const level = levels[index];
      if (level === undefined) return state;
      const standing: Standing =
        size === 'absent' ? 'clear' : standingOf(rule.compare, size, level.limit, level.clearLimit);
      const timing = {
        forMs: rule.for,
        clearForMs: rule.clearFor,
        keepFiringForMs: rule.keepFiringFor,
      };
      return stepLevel(state, standing, time, gapMs, timing);
    },
    value === 'absent' ? undefined : value,
  );
}

/**
 * After a reading of a counter. It counts as grown only when the last reading is not historic: what happened while nobody
 * watched for longer is not an event of now.
 */
export function stepIncrease(
  instance: Instance,
  rule: IncreaseRule,
  time: number,
  counter: number,
  noDataAfterMs: number,
): Instance {
  if (instance.lastDataAt !== undefined && time < instance.lastDataAt) return instance;
  const known =
    instance.counter !== undefined &&
    instance.lastDataAt !== undefined &&
    time - instance.lastDataAt <= HISTORIC_AFTER_MS;
  const grown = known ? counter - (instance.counter ?? counter) : 0;
  const next = stepAll(
    instance,
    time,
    noDataAfterMs,
    (state, _, gapMs) =>
      stepLevel(state, grown > 0 ? 'beyond' : 'clear', time, gapMs, {
        forMs: 0,
        clearForMs: 0,
        keepFiringForMs: rule.quietAfter,
      }),
    grown > 0 ? grown : instance.value,
  );
  return { ...next, counter };
}

function stepAll(
  instance: Instance,
  time: number,
  noDataAfterMs: number,
  step: (state: Instance['levels'][number], index: number, gapMs: number) => Instance['levels'][number],
  value: number | undefined,
): Instance {
  const elapsed = instance.lastDataAt === undefined ? 0 : time - instance.lastDataAt;
  const gapMs = elapsed > noDataAfterMs ? elapsed : 0;
  const levels = instance.levels.map((state, index) => step(state, index, gapMs));
  const dismissed = levels.every(isQuiet) ? undefined : instance.dismissed;
  return {
    levels,
    lastDataAt: time,
    value,
    counter: instance.counter,
    dismissed,
    sequence: instance.sequence,
  };
}

/**
 * After time without a value, or with a value that is none (`error`): when that is said follows the rule's `for`.
 * @param watchingSince time before which nobody watched: silence then was ours
 */
export function stepMissing(
  instance: Instance,
  kind: 'noData' | 'error',
  now: number,
  noDataAfterMs: number,
  forMs: number,
  watchingSince: number,
): Instance {
  const silentFrom = Math.max(instance.lastDataAt ?? now, watchingSince);
  if (kind === 'noData' && now - silentFrom <= noDataAfterMs) return instance;
  const missingSince = Math.max(instance.missingSince ?? now, watchingSince);
  const said = now - missingSince >= forMs;
  // What fails is also silent: the fault is the better word.
  const blindness = said && instance.blindness !== 'error' ? kind : instance.blindness;
  const same = missingSince === instance.missingSince && blindness === instance.blindness;
  return same ? instance : { ...instance, missingSince, blindness };
}

/** What the instance says now: the worst active level fires, else the worst passed one is pending. */
export function phaseOf(instance: Instance, severities: Severity[]): Phase {
  const worst = (fits: (index: number) => boolean): number | undefined =>
    instance.levels
      .map((_, index) => index)
      .filter((index) => fits(index) && !isDismissed(instance, severities[index]))
      .sort((a, b) => rank(severities[a]) - rank(severities[b]))[0];
  const active = worst((index) => instance.levels[index]?.active === true);
  if (active !== undefined) {
    return { phase: 'firing', level: active, since: instance.levels[active]?.breachSince ?? 0 };
  }
  const passed = worst((index) => instance.levels[index]?.breachSince !== undefined);
  if (passed === undefined) return { phase: 'ok' };
  return { phase: 'pending', level: passed, since: instance.levels[passed]?.breachSince ?? 0 };
}

function isDismissed(instance: Instance, severity: Severity | undefined): boolean {
  return instance.dismissed !== undefined && rank(severity) >= rank(instance.dismissed);
}

function rank(severity: Severity | undefined): number {
  return severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}

/** Nothing is counting down: how long it was watched does not matter to it (any more). */
export function isInstanceSettled(instance: Instance): boolean {
  const silent = instance.missingSince === undefined || instance.blindness !== undefined;
  return instance.levels.every(isQuiet) && silent;
}

/** Nothing under way: need not be written at every value. */
export function isInstanceQuiet(instance: Instance): boolean {
  return (
    instance.levels.every(isQuiet) && instance.missingSince === undefined && instance.dismissed === undefined
  );
}
