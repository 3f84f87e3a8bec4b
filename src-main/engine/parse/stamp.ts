import { BYTE, decimal, digitsEnd, fourDigits, isDigit, isLetter, matchesAt, twoDigits } from './bytes.ts';
import { TimeZone } from './time-zone.ts';

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Not a stamp. */
export const NO_STAMP = -1;

/** Months by a number made of their three letters, whatever their case. */
const monthByLetters = new Map<number, number>();
for (const [index, name] of 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ').entries()) {
  monthByLetters.set(foldedLetters(Buffer.from(name), 0), index + 1);
}

function foldedLetters(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) | 32) << 16) | (((bytes[at + 1] ?? 0) | 32) << 8) | ((bytes[at + 2] ?? 0) | 32);
}

/** What stamps that leave something out are completed with. */
export interface StampOptions {
  /** IANA zone of stamps without one; this machine's where absent. */
  timeZone?: string | undefined;
  /** Year of stamps without one; the latest that does not put the line more than a day into the future where absent. */
  year?: number | undefined;
}

/**
 * Reads time stamps byte by byte. Each `read…` answers the offset after the stamp, or NO_STAMP, and leaves the time in
 * `time`: an object per stamp would cost more than reading it.
 */
export class StampReader {
  /** UTC milliseconds of the stamp read last. */
  time = Number.NaN;
  /** The stamp read last as if it were UTC. */
  #wall = Number.NaN;
  // The ISO stamp tried last.
  #isoBytes: Uint8Array | undefined;
  #isoAt = -1;
  #isoLimit = -1;
  #isoEnd = NO_STAMP;
  #isoTime = Number.NaN;
  readonly #zone: TimeZone;
  readonly #year: number | undefined;
  /** Latest wall time a stamp without year may mean. */
  #latestWall = 0;
  #latestYear = 1970;
  // The month and the day read last: logs repeat them millions of times.
  #monthLetters = 0;
  #month: number | undefined;
  #dateKey = -1;
  #dateDay = 0;
  #yearlessKey = -1;
  #yearlessDay = 0;
  #yearlessDayBefore = 0;

  constructor(options: StampOptions) {
    this.#zone = new TimeZone(options.timeZone);
    this.#year = options.year;
  }

  /** Sets what "now" is for stamps without a year; once per batch. */
  setNow(now: number): void {
    this.#isoAt = -1;
    const latest = this.#zone.toWall(now) + DAY;
    const year = new Date(latest).getUTCFullYear();
    if (year !== this.#latestYear) this.#yearlessKey = -1;
    this.#latestWall = latest;
    this.#latestYear = year;
  }

  /** `10/Oct/2026:13:55:36 +0900`, as in access logs; without a zone it is taken as local. */
  readAccess(bytes: Uint8Array, at: number, end: number): number {
    let from = at;
    let day = twoDigits(bytes, from);
    if (day < 0 && isDigit(bytes[from]) && bytes[from + 1] === BYTE.slash) {
      day = (bytes[from] ?? 0) - BYTE.zero;
      from -= 1;
    }
    if (day < 0 || from + 20 > end || bytes[from + 2] !== BYTE.slash || bytes[from + 6] !== BYTE.slash)
      return NO_STAMP;
    const month = this.#monthAt(bytes, from + 3);
    const year = fourDigits(bytes, from + 7);
    if (month === undefined || year < 0 || bytes[from + 11] !== BYTE.colon) return NO_STAMP;
    const clock = clockAt(bytes, from + 12);
    if (clock < 0 || !this.#setDate(year, month, day, clock)) return NO_STAMP;
    return this.#fractionAndZone(bytes, from + 20, end, this.time);
  }

  /** `Nov 21 10:00:00`, with an optional year before or after the clock and an optional fraction. */
  readBsd(bytes: Uint8Array, at: number, end: number): number {
    if (at + 14 > end || !isLetter(bytes[at])) return NO_STAMP;
    const month = this.#monthAt(bytes, at);
    if (month === undefined || bytes[at + 3] !== BYTE.space) return NO_STAMP;
    let from = at + 4;
    if (bytes[from] === BYTE.space) from += 1;
    const dayEnd = digitsEnd(bytes, from, Math.min(end, from + 3));
    if (dayEnd === from || dayEnd > from + 2) return NO_STAMP;
    const day = decimal(bytes, from, dayEnd);
    from = dayEnd;
    if (bytes[from] === BYTE.comma) from += 1;
    if (bytes[from] !== BYTE.space) return NO_STAMP;
    from += 1;
    let year = -1;
    if (from + 13 <= end && bytes[from + 4] === BYTE.space) {
      year = fourDigits(bytes, from);
      if (year < 0) return NO_STAMP;
      from += 5;
    }
    if (from + 8 > end) return NO_STAMP;
    const clock = clockAt(bytes, from);
    if (clock < 0) return NO_STAMP;
    from += 8;
    const fractionEnd = fractionEndAt(bytes, from, end);
    const milliseconds = fractionEnd > from ? fraction(bytes, from + 1, fractionEnd) : 0;
    from = fractionEnd;
    if (year < 0 && this.#year === undefined) {
      if (!this.#setYearless(month, day, clock)) return NO_STAMP;
    } else if (!this.#setDate(year < 0 ? (this.#year ?? 0) : year, month, day, clock)) return NO_STAMP;
    this.time = this.#zone.toUtc(this.time) + milliseconds;
    return from;
  }

  /** `Sat Nov 21 10:00:00.123456 [ZONE] 2026`: C's ctime, Apache's error log. */
  readCtime(bytes: Uint8Array, at: number, end: number): number {
    if (at + 23 > end || bytes[at + 3] !== BYTE.space || !isLetter(bytes[at])) return NO_STAMP;
    const month = this.#monthAt(bytes, at + 4);
    if (month === undefined || bytes[at + 7] !== BYTE.space) return NO_STAMP;
    let from = at + 8;
    if (bytes[from] === BYTE.space) from += 1;
    const dayEnd = digitsEnd(bytes, from, Math.min(end, from + 3));
    if (dayEnd === from || dayEnd > from + 2 || bytes[dayEnd] !== BYTE.space) return NO_STAMP;
    const clock = dayEnd + 9 <= end ? clockAt(bytes, dayEnd + 1) : -1;
    if (clock < 0) return NO_STAMP;
    const clockEnd = dayEnd + 9;
    const fractionEnd = fractionEndAt(bytes, clockEnd, end);
    let yearAt = fractionEnd;
    let utc = false;
    if (bytes[yearAt] === BYTE.space && isLetter(bytes[yearAt + 1])) {
      const zoneAt = yearAt + 1;
      yearAt = zoneAt;
      while (yearAt < end && yearAt - zoneAt < 6 && isLetter(bytes[yearAt])) yearAt += 1;
      utc = matchesAt(bytes, zoneAt, yearAt, 'utc') || matchesAt(bytes, zoneAt, yearAt, 'gmt');
    }
    if (bytes[yearAt] !== BYTE.space || yearAt + 5 > end) return NO_STAMP;
    const year = fourDigits(bytes, yearAt + 1);
    if (year < 0 || !this.#setDate(year, month, decimal(bytes, from, dayEnd), clock)) return NO_STAMP;
    const milliseconds = fractionEnd > clockEnd ? fraction(bytes, clockEnd + 1, fractionEnd) : 0;
    this.time = (utc ? this.time : this.#zone.toUtc(this.time)) + milliseconds;
    return yearAt + 5;
  }

  /** `2026-11-21T10:00:00.123+09:00`, also with a space, a slash, `JST` or no zone. */
  readIso(bytes: Uint8Array, at: number, end: number): number {
    // Formats are tried one after the other on the same stamp.
    if (at === this.#isoAt && end === this.#isoLimit && bytes === this.#isoBytes) {
      this.time = this.#isoTime;
      return this.#isoEnd;
    }
    const stop = this.#readIso(bytes, at, end);
    this.#isoBytes = bytes;
    this.#isoAt = at;
    this.#isoLimit = end;
    this.#isoEnd = stop;
    this.#isoTime = this.time;
    return stop;
  }

  #readIso(bytes: Uint8Array, at: number, end: number): number {
    if (at + 19 > end) return NO_STAMP;
    const separator = bytes[at + 4];
    if ((separator !== BYTE.dash && separator !== BYTE.slash) || bytes[at + 7] !== separator) return NO_STAMP;
    const between = bytes[at + 10] ?? 0;
    if (between !== BYTE.space && between !== BYTE.tab && (between | 32) !== 116) return NO_STAMP;
    const year = fourDigits(bytes, at);
    const month = twoDigits(bytes, at + 5);
    const day = twoDigits(bytes, at + 8);
    const clock = clockAt(bytes, at + 11);
    if (year < 0 || clock < 0 || !this.#setDate(year, month, day, clock)) return NO_STAMP;
    return this.#fractionAndZone(bytes, at + 19, end, this.time);
  }

  /** Same without a zone in the text, for formats whose stamps are UTC by their definition. */
  readIsoAsUtc(bytes: Uint8Array, at: number, end: number): number {
    const stop = this.#readIso(bytes, at, Math.min(end, at + 19));
    if (stop === NO_STAMP) return NO_STAMP;
    const fractionEnd = fractionEndAt(bytes, stop, end);
    this.time = this.#wall + (fractionEnd > stop ? fraction(bytes, stop + 1, fractionEnd) : 0);
    return fractionEnd;
  }

  /** `261121 10:00:00` or `261121 100000`: MySQL before 5.7, Hadoop. */
  readCompact(bytes: Uint8Array, at: number, end: number): number {
    if (at + 13 > end || bytes[at + 6] !== BYTE.space) return NO_STAMP;
    const year = twoDigits(bytes, at);
    const month = twoDigits(bytes, at + 2);
    const day = twoDigits(bytes, at + 4);
    if (year < 0 || month < 0 || day < 0) return NO_STAMP;
    let clock: number;
    let stampEnd = at + 13;
    if (bytes[at + 9] === BYTE.colon && at + 15 <= end) {
      stampEnd = at + 15;
      clock = clockAt(bytes, at + 7);
    } else {
      clock = clockOf(twoDigits(bytes, at + 7), twoDigits(bytes, at + 9), twoDigits(bytes, at + 11));
    }
    if (clock < 0 || isDigit(bytes[stampEnd]) || !this.#setDate(2000 + year, month, day, clock))
      return NO_STAMP;
    this.time = this.#zone.toUtc(this.time);
    return stampEnd;
  }

  /** Seconds, milliseconds, microseconds or nanoseconds since 1970, told by their number of digits. */
  readEpoch(bytes: Uint8Array, at: number, end: number): number {
    const stop = digitsEnd(bytes, at, Math.min(end, at + 20));
    const digits = stop - at;
    if (digits !== 10 && digits !== 13 && digits !== 16 && digits !== 19) return NO_STAMP;
    // Milliseconds are the first 13 digits, whatever follows.
    const milliseconds = digits === 10 ? decimal(bytes, at, stop) * SECOND : decimal(bytes, at, at + 13);
    const fractionEnd = digits === 10 ? fractionEndAt(bytes, stop, end) : stop;
    this.time = milliseconds + (fractionEnd > stop ? fraction(bytes, stop + 1, fractionEnd) : 0);
    return fractionEnd;
  }

  /**
   * Completes a stamp whose parts were read elsewhere; false when there is no such time.
   * @param year -1: inferred; same for month and day, then it is the latest day that is not in the future
   * @param clock milliseconds since midnight
   * @param zone milliseconds east of UTC, NaN: the source's
   */
  complete(year: number, month: number, day: number, clock: number, zone: number): boolean {
    if (month < 0 || day < 0) {
      const now = this.#latestWall - DAY;
      const today = Math.floor(now / DAY) * DAY + clock;
      this.time = today <= now + MINUTE ? today : today - DAY;
    } else if (year < 0 && this.#year === undefined) {
      if (!this.#setYearless(month, day, clock)) return false;
    } else if (!this.#setDate(year < 0 ? (this.#year ?? 0) : year, month, day, clock)) return false;
    this.time = Number.isNaN(zone) ? this.#zone.toUtc(this.time) : this.time - zone;
    return true;
  }

  /** `@4000000037c219bf2ef02e94`: TAI64N as multilog writes it; its ten leap seconds at the origin taken off. */
  readTai(bytes: Uint8Array, at: number, end: number): number {
    if (bytes[at] !== 64 || at + 25 > end || bytes[at + 1] !== 52) return NO_STAMP;
    let seconds = 0;
    let nanoseconds = 0;
    for (let index = 0; index < 24; index += 1) {
      const digit = hexadecimal(bytes[at + 1 + index] ?? 0);
      if (digit < 0) return NO_STAMP;
      // The first eight digits are 2^62 and nothing else until the year 2106.
      if (index >= 8 && index < 16) seconds = seconds * 16 + digit;
      if (index >= 16) nanoseconds = nanoseconds * 16 + digit;
    }
    this.time = (seconds - 10) * SECOND + Math.floor(nanoseconds / 1e6);
    return at + 25;
  }

  /** The month whose name's three letters stand at `at`. */
  #monthAt(bytes: Uint8Array, at: number): number | undefined {
    const letters = foldedLetters(bytes, at);
    if (letters !== this.#monthLetters) {
      this.#monthLetters = letters;
      this.#month = monthByLetters.get(letters);
    }
    return this.#month;
  }

  /** Wall time of date and clock as if UTC into `time`; false when there is no such date. */
  #setDate(year: number, month: number, day: number, clock: number): boolean {
    const key = (year * 16 + month) * 32 + day;
    if (key !== this.#dateKey) {
      const number = dayNumber(year, month, day);
      if (Number.isNaN(number)) return false;
      this.#dateKey = key;
      this.#dateDay = number;
    }
    this.time = this.#dateDay * DAY + clock;
    return true;
  }

  #setYearless(month: number, day: number, clock: number): boolean {
    const key = month * 32 + day;
    if (key !== this.#yearlessKey) {
      const [latest, before] = this.#lastYearsWith(month, day);
      if (latest === undefined || before === undefined) return false;
      this.#yearlessKey = key;
      this.#yearlessDay = latest;
      this.#yearlessDayBefore = before;
    }
    const time = this.#yearlessDay * DAY + clock;
    this.time = time <= this.#latestWall ? time : this.#yearlessDayBefore * DAY + clock;
    return true;
  }

  /** Day numbers of the two latest years that have the date: not every one has a 29 February. */
  #lastYearsWith(month: number, day: number): number[] {
    const found: number[] = [];
    for (let year = this.#latestYear; year > this.#latestYear - 17 && found.length < 2; year -= 1) {
      const number = dayNumber(year, month, day);
      if (!Number.isNaN(number)) found.push(number);
    }
    return found;
  }

  #fractionAndZone(bytes: Uint8Array, at: number, end: number, wall: number): number {
    this.#wall = wall;
    const fractionEnd = fractionEndAt(bytes, at, end);
    const milliseconds = fractionEnd > at ? fraction(bytes, at + 1, fractionEnd) : 0;
    let zoneAt = fractionEnd;
    if (bytes[zoneAt] === BYTE.space) zoneAt += 1;
    const zoneEnd = zoneAt < end ? zoneEndAt(bytes, zoneAt, end) : zoneAt;
    if (zoneEnd === zoneAt) {
      this.time = this.#zone.toUtc(wall) + milliseconds;
      return fractionEnd;
    }
    this.time = wall - zoneOffset(bytes, zoneAt, zoneEnd) + milliseconds;
    return zoneEnd;
  }
}

/** Milliseconds of `hh:mm:ss` since midnight, or -1. */
function clockAt(bytes: Uint8Array, at: number): number {
  if (bytes[at + 2] !== BYTE.colon || bytes[at + 5] !== BYTE.colon) return -1;
  return clockOf(twoDigits(bytes, at), twoDigits(bytes, at + 3), twoDigits(bytes, at + 6));
}

/** A leap second's :60 counts as the next minute's :00. */
function clockOf(hours: number, minutes: number, seconds: number): number {
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60) return -1;
  return hours * HOUR + minutes * MINUTE + seconds * SECOND;
}

/** Days since 1970, NaN when the calendar has no such day. */
function dayNumber(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1 || year > 9999) return Number.NaN;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCDate() === day ? Math.floor(date.getTime() / DAY) : Number.NaN;
}

function fractionEndAt(bytes: Uint8Array, at: number, end: number): number {
  const mark = bytes[at];
  if (at + 1 >= end || (mark !== BYTE.dot && mark !== BYTE.comma) || !isDigit(bytes[at + 1])) return at;
  return digitsEnd(bytes, at + 1, Math.min(end, at + 13));
}

function fraction(bytes: Uint8Array, at: number, end: number): number {
  const digits = Math.min(3, end - at);
  return decimal(bytes, at, at + digits) * 10 ** (3 - digits);
}

/** End of `Z`, `UTC`, `GMT`, `+09:00`, `+0900` or `+09`, or `at` when there is none. */
function zoneEndAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  if (namedZone(bytes, at, end) !== undefined) return at + (isLetter(bytes[at + 3]) && at + 3 < end ? 4 : 3);
  if (first === 90 || first === 122) return isLetter(bytes[at + 1]) && at + 1 < end ? at : at + 1;
  if (matchesAt(bytes, at, end, 'utc') || matchesAt(bytes, at, end, 'gmt')) return at + 3;
  if ((first !== 43 && first !== BYTE.dash) || at + 3 > end || twoDigits(bytes, at + 1) < 0) return at;
  if (at + 6 <= end && bytes[at + 3] === BYTE.colon && twoDigits(bytes, at + 4) >= 0) return at + 6;
  if (at + 5 <= end && twoDigits(bytes, at + 3) >= 0) return at + 5;
  return isDigit(bytes[at + 3]) && at + 3 < end ? at : at + 3;
}

/**
 * Zones whose abbreviation means one thing everywhere logs are written, in hours. CST, IST and BST do not: a stamp with one
 * of these is taken in the source's zone.
 */
const NAMED_ZONES = new Map<string, number>(
  Object.entries({
    JST: 9,
    KST: 9,
    HKT: 8,
    SGT: 8,
    MSK: 3,
    EET: 2,
    EEST: 3,
    CET: 1,
    CEST: 2,
    WET: 0,
    WEST: 1,
  }),
);
for (const [name, hours] of Object.entries({
  EST: -5,
  EDT: -4,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
})) {
  NAMED_ZONES.set(name, hours);
}
const NAMED_BY_BYTES = new Map<number, number>();
for (const [name, hours] of NAMED_ZONES)
  NAMED_BY_BYTES.set(zoneKey(Buffer.from(name), 0, name.length), hours * HOUR);
/** First letters of NAMED_ZONES: most stamps are followed by something else. */
const NAMED_OPENINGS = new Set([...NAMED_ZONES.keys()].map((name) => name.charCodeAt(0)));

function zoneKey(bytes: Uint8Array, at: number, length: number): number {
  let key = 0;
  for (let index = at; index < at + length; index += 1) key = key * 32 + ((bytes[index] ?? 0) & 31);
  return key;
}

/** Milliseconds east of UTC of a zone written as three or four capitals, or undefined. */
function namedZone(bytes: Uint8Array, at: number, end: number): number | undefined {
  if (!isCapital(bytes[at]) || !NAMED_OPENINGS.has(bytes[at] ?? 0)) return undefined;
  let stop = at;
  while (stop < end && stop - at < 5 && isCapital(bytes[stop])) stop += 1;
  if (stop - at < 3 || stop - at > 4 || (stop < end && (isLetter(bytes[stop]) || isDigit(bytes[stop])))) {
    return undefined;
  }
  return NAMED_BY_BYTES.get(zoneKey(bytes, at, stop - at));
}

function isCapital(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 65 && byte <= 90;
}

function zoneOffset(bytes: Uint8Array, at: number, end: number): number {
  const named = namedZone(bytes, at, end);
  if (named !== undefined) return named;
  const sign = bytes[at];
  if (sign !== 43 && sign !== BYTE.dash) return 0;
  const minutesAt = end - at === 6 ? at + 4 : at + 3;
  const minutes = end - at > 3 ? twoDigits(bytes, minutesAt) : 0;
  const offset = twoDigits(bytes, at + 1) * HOUR + minutes * MINUTE;
  return sign === BYTE.dash ? -offset : offset;
}

function hexadecimal(byte: number): number {
  if (isDigit(byte)) return byte - BYTE.zero;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
