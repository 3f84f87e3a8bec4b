/**
 * When a file system will be full, from its recent free space. Theil–Sen: the median of the slopes between all pairs of
 * points is not moved by a burst (a large download, a log rotated away) as least squares is. Its interval comes from
 * Kendall's S (Sen 1968; Hollander & Wolfe, Nonparametric Statistical Methods, 9.3).
 */

/** One point a minute over two hours: a horizon of 8 h (the warning) is four times what was seen. */
const FORECAST_STEP_MS = 60_000;
const MAX_POINTS = 120;
/** Fewer points would make an interval of several hundred percent. */
const MIN_POINTS = 10;
/** Two-sided 90 % of the normal distribution. */
const NORMAL_QUANTILE = 1.645;
const HOUR_MS = 3_600_000;
/** Beyond this "until full" says nothing any more. */
const LONGEST_HOURS = 24 * 30;

export interface DiskForecast {
  /** Hours from the last point on. */
  hours: number;
  low: number;
  high: number;
}

/** Free space of one mount over the last two hours. */
export class FreeSpaceHistory {
  readonly #times: number[] = [];
  readonly #free: number[] = [];
  #forecast: DiskForecast | undefined;

  /** Takes a value in; points less than a minute after the last one are skipped. */
  add(time: number, freeBytes: number): void {
    const last = this.#times.at(-1);
    if (last !== undefined && time >= last && time - last < FORECAST_STEP_MS) return;
    // After sleep, or with the clock set back, the old points would bend the line.
    if (last !== undefined && (time < last || time - last > 10 * FORECAST_STEP_MS)) this.#clear();
    this.#times.push(time);
    this.#free.push(freeBytes);
    if (this.#times.length > MAX_POINTS) {
      this.#times.shift();
      this.#free.shift();
    }
    this.#forecast = forecast(this.#times, this.#free);
  }

  /** Undefined while learning, and when it is not surely filling. */
  get forecast(): DiskForecast | undefined {
    return this.#forecast;
  }

  #clear(): void {
    this.#times.length = 0;
    this.#free.length = 0;
  }
}

/**
 * Hours until no space is free, with a 90 % interval. Undefined unless even the upper bound of the slope is negative:
 * noise around a level must not be extrapolated.
 * @param times UTC milliseconds, ascending
 */
export function forecast(times: readonly number[], free: readonly number[]): DiskForecast | undefined {
  const count = times.length;
  const lastFree = free.at(-1);
  if (count < MIN_POINTS || lastFree === undefined) return undefined;
  const slopes = pairSlopes(times, free);
  const middle = slopes.length / 2;
  const median = ((slopes[Math.floor(middle - 0.5)] ?? 0) + (slopes[Math.ceil(middle - 0.5)] ?? 0)) / 2;
  const spread = NORMAL_QUANTILE * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const lowIndex = Math.max(0, Math.floor((slopes.length - spread) / 2));
  const highIndex = Math.min(slopes.length - 1, Math.ceil((slopes.length + spread) / 2));
  const steepest = slopes[lowIndex] ?? 0;
  const flattest = slopes[highIndex] ?? 0;
  if (flattest >= 0 || median >= 0) return undefined;
  const hours = (slope: number): number => Math.min(LONGEST_HOURS, -lastFree / slope / HOUR_MS);
  const expected = hours(median);
  return expected >= LONGEST_HOURS
    ? undefined
    : { hours: expected, low: hours(steepest), high: hours(flattest) };
}

/** Bytes per millisecond between all pairs, ascending. */
function pairSlopes(times: readonly number[], values: readonly number[]): Float64Array {
  const slopes = new Float64Array((times.length * (times.length - 1)) / 2);
  let at = 0;
  for (let later = 1; later < times.length; later += 1) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const elapsed = (times[later] ?? 0) - (times[earlier] ?? 0);
      slopes[at] = ((values[later] ?? 0) - (values[earlier] ?? 0)) / elapsed;
      at += 1;
    }
  }
  return slopes.sort();
}
