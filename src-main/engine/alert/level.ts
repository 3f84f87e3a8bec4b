/**
 * One limit of a rule on one series: when it counts as passed, and when as left again. Pure: state and value in, state out.
 */
export interface LevelState {
  /** Beyond the limit without a break since. */
  breachSince?: number | undefined;
  /** It was beyond the limit for as long as `for` asks. */
  active: boolean;
  /** Behind the clear limit without a break since; only while active. */
  clearSince?: number | undefined;
  lastBreachAt?: number | undefined;
}

export interface LevelTiming {
  forMs: number;
  clearForMs: number;
  keepFiringForMs: number;
}

/** `beyond` the limit, `clear` of it, or in the `band` between limit and clear limit, where nothing changes. */
export type Standing = 'beyond' | 'band' | 'clear';

export const QUIET_LEVEL: LevelState = { active: false };

/** Where a value stands towards a limit. Exactly at the limit is beyond it. */
export function standingOf(
  compare: 'above' | 'below',
  value: number,
  limit: number,
  clearLimit: number,
): Standing {
  const sign = compare === 'above' ? 1 : -1;
  if (sign * value >= sign * limit) return 'beyond';
  return sign * value <= sign * clearLimit ? 'clear' : 'band';
}

/**
 * The state after a value.
 * @param time of the value, not before that of the last one
 * @param gapMs time since the last value when that was too long to know what happened meanwhile, else 0: clocks that ran
 *   start anew, since silence is neither a breach nor its end
 */
export function stepLevel(
  state: LevelState,
  standing: Standing,
  time: number,
  gapMs: number,
  timing: LevelTiming,
): LevelState {
  const resumed = gapMs > 0 ? afterGap(state, gapMs) : state;
  return standing === 'beyond' ? breached(resumed, time, timing) : eased(resumed, standing, time, timing);
}

function afterGap(state: LevelState, gapMs: number): LevelState {
  return {
    active: state.active,
    lastBreachAt: state.lastBreachAt === undefined ? undefined : state.lastBreachAt + gapMs,
  };
}

function breached(state: LevelState, time: number, timing: LevelTiming): LevelState {
  const breachSince = state.breachSince ?? time;
  return {
    breachSince,
    active: state.active || time - breachSince >= timing.forMs,
    lastBreachAt: time,
  };
}

function eased(state: LevelState, standing: Standing, time: number, timing: LevelTiming): LevelState {
  if (!state.active) return QUIET_LEVEL;
  if (standing === 'band') return { active: true, lastBreachAt: state.lastBreachAt };
  const clearSince = state.clearSince ?? time;
  const held = time - (state.lastBreachAt ?? Number.NEGATIVE_INFINITY) < timing.keepFiringForMs;
  if (time - clearSince >= timing.clearForMs && !held) return QUIET_LEVEL;
  return { active: true, clearSince, lastBreachAt: state.lastBreachAt };
}

export function isQuiet(state: LevelState): boolean {
  return !state.active && state.breachSince === undefined;
}
