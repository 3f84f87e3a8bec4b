import { BYTE, isDigit, isLetter, matchesAt } from '../bytes.ts';
import { NO_STAMP, type StampReader } from '../stamp.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

/** Reads a time at a position; answers its end or NO_STAMP, and leaves the time in the stamp reader. */
export type TimeReader = (bytes: Uint8Array, at: number, end: number, stamps: StampReader) => number;

/** What has been read of a time so far; one per format, filled anew for every line. */
interface Fields {
  year: number;
  month: number;
  day: number;
  dayOfYear: number;
  hour: number;
  minute: number;
  second: number;
  milliseconds: number;
  afternoon: boolean | undefined;
  /** Milliseconds east of UTC. */
  zone: number;
  /** Seconds since 1970. */
  epoch: number;
}

/**
 * Compiles a time format in strptime's words (`%Y-%m-%d %H:%M:%S,%f`). What it does not name is completed as in any other
 * line: the zone by the source, the year and the day by when the file was last written to.
 */
export function compileTimeFormat(format: string): TimeReader {
  const long = format.replaceAll('%T', '%H:%M:%S').replaceAll('%F', '%Y-%m-%d');
  const steps: { directive: string; text: number }[] = [];
  const bytes = Buffer.from(long);
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte !== 37) steps.push({ directive: '', text: byte });
    else {
      at += 1;
      const directive = String.fromCharCode(bytes[at] ?? 37);
      steps.push(directive === '%' ? { directive: '', text: 37 } : { directive, text: 0 });
    }
  }
  const fields = {} as Fields;
  return (line, from, end, stamps) => {
    reset(fields);
    let at = from;
    for (const { directive, text } of steps) {
      if (directive === '') {
        if (text === BYTE.space ? !isBlank(line[at]) : line[at] !== text) return NO_STAMP;
        at += 1;
        if (text === BYTE.space) while (at < end && isBlank(line[at])) at += 1;
      } else {
        at = readDirective(directive, line, at, end, fields);
        if (at < 0 || at > end) return NO_STAMP;
      }
    }
    return complete(fields, stamps) ? at : NO_STAMP;
  };
}

function reset(fields: Fields): void {
  fields.year = -1;
  fields.month = -1;
  fields.day = -1;
  fields.dayOfYear = -1;
  fields.hour = 0;
  fields.minute = 0;
  fields.second = 0;
  fields.milliseconds = 0;
  fields.afternoon = undefined;
  fields.zone = Number.NaN;
  fields.epoch = Number.NaN;
}

function isBlank(byte: number | undefined): boolean {
  return byte === BYTE.space || byte === BYTE.tab;
}

/** The number that `read` found, and where it ends. */
let value = 0;

function read(bytes: Uint8Array, from: number, end: number, most: number): number {
  const limit = Math.min(end, from + most);
  let at = from;
  value = 0;
  while (at < limit && isDigit(bytes[at])) {
    value = value * 10 + (bytes[at] ?? 0) - BYTE.zero;
    at += 1;
  }
  return at === from ? NO_STAMP : at;
}

function readDirective(
  directive: string,
  bytes: Uint8Array,
  from: number,
  end: number,
  fields: Fields,
): number {
  let at: number;
  switch (directive) {
    case 'Y':
      at = read(bytes, from, end, 4);
      fields.year = value;
      return at;
    case 'y':
      at = read(bytes, from, end, 2);
      fields.year = 2000 + value;
      return at;
    case 'm':
      at = read(bytes, from, end, 2);
      fields.month = value;
      return at;
    case 'd':
    case 'e':
      at = read(bytes, isBlank(bytes[from]) ? from + 1 : from, end, 2);
      fields.day = value;
      return at;
    case 'j':
      at = read(bytes, from, end, 3);
      fields.dayOfYear = value;
      return at;
    case 'H':
    case 'I':
      at = read(bytes, isBlank(bytes[from]) ? from + 1 : from, end, 2);
      fields.hour = value;
      return at;
    case 'M':
      at = read(bytes, from, end, 2);
      fields.minute = value;
      return at;
    case 'S':
      at = read(bytes, from, end, 2);
      fields.second = value;
      return at;
    case 'L':
    case 'f':
      at = read(bytes, from, end, directive === 'L' ? 3 : 9);
      fields.milliseconds = at < 0 ? 0 : Math.floor(value / 10 ** (at - from - 3));
      return at;
    case 's':
      at = read(bytes, from, end, 12);
      fields.epoch = value;
      return at;
    case 'p':
      if (!matchesAt(bytes, from, end, 'am') && !matchesAt(bytes, from, end, 'pm')) return NO_STAMP;
      fields.afternoon = ((bytes[from] ?? 0) | 32) === 112;
      return from + 2;
    case 'b':
    case 'B':
      fields.month = nameAt(MONTHS, bytes, from, end) + 1;
      return fields.month === 0 ? NO_STAMP : lettersEnd(bytes, from, end);
    case 'a':
    case 'A':
      return nameAt(DAYS, bytes, from, end) < 0 ? NO_STAMP : lettersEnd(bytes, from, end);
    case 'z':
      return readZone(bytes, from, end, fields);
    default:
      // A zone's name: only those of UTC are certain; others are the source's own.
      if (matchesAt(bytes, from, end, 'utc') || matchesAt(bytes, from, end, 'gmt')) fields.zone = 0;
      at = lettersEnd(bytes, from, end);
      return at === from ? NO_STAMP : at;
  }
}

/** Index of the name whose first three letters stand here, or -1. */
function nameAt(names: readonly string[], bytes: Uint8Array, from: number, end: number): number {
  return names.findIndex((name) => matchesAt(bytes, from, end, name.slice(0, 3)));
}

function lettersEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isLetter(bytes[at])) at += 1;
  return at;
}

/** `Z`, `+09:00`, `+0900`, `+09`. */
function readZone(bytes: Uint8Array, from: number, end: number, fields: Fields): number {
  const sign = bytes[from];
  if (sign === 90) {
    fields.zone = 0;
    return from + 1;
  }
  if (sign !== 43 && sign !== BYTE.dash) return NO_STAMP;
  const hours = read(bytes, from + 1, end, 2);
  if (hours !== from + 3) return NO_STAMP;
  let offset = value * HOUR;
  let at = hours;
  const minutes = read(bytes, bytes[at] === BYTE.colon ? at + 1 : at, end, 2);
  if (minutes > at + 1) {
    offset += value * MINUTE;
    at = minutes;
  }
  fields.zone = sign === BYTE.dash ? -offset : offset;
  return at;
}

function complete(fields: Fields, stamps: StampReader): boolean {
  if (!Number.isNaN(fields.epoch)) {
    stamps.time = fields.epoch * 1000 + fields.milliseconds;
    return true;
  }
  let hour = fields.hour;
  if (fields.afternoon !== undefined) hour = (hour % 12) + (fields.afternoon ? 12 : 0);
  if (hour > 23 || fields.minute > 59 || fields.second > 60) return false;
  const clock = hour * HOUR + fields.minute * MINUTE + fields.second * 1000;
  if (fields.dayOfYear > 0) {
    if (fields.year < 0 || fields.dayOfYear > 366) return false;
    const date = new Date(Date.UTC(fields.year, 0, fields.dayOfYear));
    fields.month = date.getUTCMonth() + 1;
    fields.day = date.getUTCDate();
  }
  if (!stamps.complete(fields.year, fields.month, fields.day, clock, fields.zone)) return false;
  stamps.time += fields.milliseconds;
  return true;
}
