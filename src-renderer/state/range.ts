import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue';
import type { TimeRange } from '../../src-preload/contract/shared.ts';
import { useClock } from '../ui/use-clock.ts';

/** Spans that follow the present, in minutes. */
export const RANGE_PRESETS = [15, 30, 60, 180, 360, 1440] as const;
export type RangePreset = (typeof RANGE_PRESETS)[number];
/**
 * live: the range ends now and moves. paused: it stands still and new items are counted.
 * historical: a moment in the past.
 */
export type RangeMode = 'live' | 'paused' | 'historical';

/** Live ranges move in steps, so that charts and calls don't start anew each second. */
const LIVE_STEP_MS = 5000;
const MINUTE_MS = 60_000;

const preset = ref<RangePreset>(30);
const mode = ref<RangeMode>('live');
const fixed = shallowRef<TimeRange>({ from: 0, to: 0 });
/** Items that came in while paused: "PAUSED +128". */
const held = ref(0);

export interface RangeState {
  /** What every panel shows: [from, to). */
  range: ComputedRef<TimeRange>;
  preset: Ref<RangePreset>;
  mode: Ref<RangeMode>;
  held: Ref<number>;
  isLive: ComputedRef<boolean>;
  choose: (minutes: RangePreset) => void;
  /** Shows a past span: HISTORICAL. */
  show: (range: TimeRange) => void;
  /** A span of the present length around a moment. */
  showAround: (time: number) => void;
  /** ‹ and ›: one length back or forth; forth past now is live again. */
  shift: (direction: -1 | 1) => void;
  pause: () => void;
  /** Adds to "+n" while paused. */
  hold: (items: number) => void;
  live: () => void;
}

const clock = useClock();
// Coarse, so that dependents change once per step.
const livePoint = ref(Math.ceil(clock.now.value / LIVE_STEP_MS) * LIVE_STEP_MS);
watch(clock.now, (now) => {
  const point = Math.ceil(now / LIVE_STEP_MS) * LIVE_STEP_MS;
  if (point !== livePoint.value) livePoint.value = point;
});

const range = computed<TimeRange>(() =>
  mode.value === 'live'
    ? { from: livePoint.value - preset.value * MINUTE_MS, to: livePoint.value }
    : fixed.value,
);
const isLive = computed(() => mode.value === 'live');

function live(): void {
  mode.value = 'live';
  held.value = 0;
}

function choose(minutes: RangePreset): void {
  preset.value = minutes;
  live();
}

function show(next: TimeRange): void {
  fixed.value = next;
  mode.value = 'historical';
  held.value = 0;
}

function showAround(time: number): void {
  const half = (preset.value * MINUTE_MS) / 2;
  const to = Math.min(time + half, livePoint.value);
  show({ from: to - 2 * half, to });
}

function shift(direction: -1 | 1): void {
  const { from, to } = range.value;
  const length = to - from;
  if (direction === 1 && to + length >= livePoint.value) live();
  else show({ from: from + direction * length, to: to + direction * length });
}

function pause(): void {
  if (mode.value !== 'live') return;
  fixed.value = range.value;
  mode.value = 'paused';
}

function hold(items: number): void {
  if (mode.value === 'paused') held.value += items;
}

/** One range for all panels of the window. */
export function useRange(): RangeState {
  return { range, preset, mode, held, isLive, choose, show, showAround, shift, pause, hold, live };
}
