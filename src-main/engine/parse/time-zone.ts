const QUARTER_HOUR = 900_000;
const DAY = 86_400_000;
/** Offsets change at most a few times a year and at quarter hours: this many quarters hold two months of log. */
const CACHE_LIMIT = 6_000;

/**
 * Turns wall-clock time of one IANA zone into UTC, daylight saving included.
 *
 * The hour that happens twice in autumn is taken as its first pass; a wall time skipped in spring is moved on by the
 * skipped hour, as clocks do.
 */
export class TimeZone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();
  #lastQuarter = Number.NaN;
  #lastOffset = 0;
  // The same for UTC instants.
  #instantQuarter = Number.NaN;
  #instantOffset = 0;

  /**
   * @param name IANA zone; this machine's where absent
   * @throws RangeError when the zone is not known
   */
  constructor(name?: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...(name === undefined ? {} : { timeZone: name }),
      timeZoneName: 'longOffset',
    });
    this.name = this.#format.resolvedOptions().timeZone;
  }

  /** UTC milliseconds of a wall time given as if it were UTC. */
  toUtc(wall: number): number {
    const quarter = Math.floor(wall / QUARTER_HOUR);
    if (quarter !== this.#lastQuarter) {
      this.#lastOffset = this.#offsetOfQuarter(quarter);
      this.#lastQuarter = quarter;
    }
    return wall - this.#lastOffset;
  }

  /** Wall time, as if it were UTC, at a UTC instant. */
  toWall(time: number): number {
    const quarter = Math.floor(time / QUARTER_HOUR);
    if (quarter !== this.#instantQuarter) {
      this.#instantOffset = this.#offsetAt(time);
      this.#instantQuarter = quarter;
    }
    return time + this.#instantOffset;
  }

  #offsetOfQuarter(quarter: number): number {
    const cached = this.#offsets.get(quarter);
    if (cached !== undefined) return cached;
    const offset = this.#resolve(quarter * QUARTER_HOUR);
    if (this.#offsets.size >= CACHE_LIMIT) this.#offsets.clear();
    this.#offsets.set(quarter, offset);
    return offset;
  }

  #resolve(wall: number): number {
    const before = this.#offsetAt(wall - DAY);
    const after = this.#offsetAt(wall + DAY);
    if (before === after) return before;
    const earlierFirst = before > after ? [before, after] : [after, before];
    for (const offset of earlierFirst) {
      if (this.#offsetAt(wall - offset) === offset) return offset;
    }
    return before;
  }

  /** Milliseconds east of UTC at an instant, read from a text such as `GMT+09:00`. */
  #offsetAt(time: number): number {
    const text = this.#format.formatToParts(time).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const match = /([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(text);
    if (match === null) return 0;
    const [, sign, hours, minutes, seconds] = match;
    const magnitude = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds ?? 0) * 1000;
    return sign === '-' ? -magnitude : magnitude;
  }
}
