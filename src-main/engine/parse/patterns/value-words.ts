/*
 * Words that are part of a value: units behind a number, names in a date, truth values behind an equals sign. Compared
 * by hash, so that no string is made.
 */

const UNITS = [
  ...[
    'b',
    'B',
    'kB',
    'KB',
    'MB',
    'GB',
    'TB',
    'KiB',
    'MiB',
    'GiB',
    'TiB',
    'kb',
    'Kb',
    'Mb',
    'Gb',
    'K',
    'M',
    'G',
  ],
  ...['kbps', 'Mbps', 'Gbps', 'bps', 'Hz', 'kHz', 'KHz', 'MHz', 'GHz', 'byte', 'bytes', 'Bytes', 'pages'],
  ...['ns', 'us', 'µs', 'ms', 'msec', 'msecs', 's', 'sec', 'secs', 'second', 'seconds', 'm', 'min', 'mins'],
  ...['minute', 'minutes', 'h', 'hour', 'hours', 'd', 'day', 'days', 'millisecond', 'milliseconds', '%'],
  ...[
    'AM',
    'PM',
    'am',
    'pm',
    'UTC',
    'GMT',
    'EST',
    'EDT',
    'CST',
    'CDT',
    'PST',
    'PDT',
    'CET',
    'CEST',
    'JST',
    'MET',
  ],
];
const CALENDAR = [
  ...['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  ...['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
];
/** Values wherever they stand. */
const TRUTH = ['true', 'false', 'True', 'False', 'TRUE', 'FALSE'];
/** Values behind an equals sign: in a sentence they are words. */
const ANSWERS = ['yes', 'no', 'on', 'off', 'null', 'nil', 'None', 'none', 'undefined'];

/** What words may be by the last bits of their hash. Most are nothing, and need not be looked for. */
const MAY_BE = new Uint8Array(4096);
const UNIT = 1;
const CALENDAR_NAME = 2;
const TRUTH_WORD = 4;
const ANSWER = 8;

function hashes(words: readonly string[], kind: number): Set<number> {
  const set = new Set<number>();
  for (const word of words) {
    let hash = 0x811c9dc5 | 0;
    for (const byte of Buffer.from(word)) hash = Math.imul(hash ^ byte, 0x01000193);
    set.add(hash);
    MAY_BE[hash & 4095] = (MAY_BE[hash & 4095] ?? 0) | kind;
  }
  return set;
}

const units = hashes(UNITS, UNIT);
const calendar = hashes(CALENDAR, CALENDAR_NAME);
const truth = hashes(TRUTH, TRUTH_WORD);
const answers = hashes(ANSWERS, ANSWER);
const LONGEST_UNIT = Math.max(...UNITS.map((unit) => unit.length));

/** False: the word is none of these, whatever stands around it. */
export function mayBeValue(hash: number): boolean {
  return MAY_BE[hash & 4095] !== 0;
}

export function isUnit(hash: number, length: number): boolean {
  return length <= LONGEST_UNIT && is(UNIT, units, hash);
}

export function isCalendarName(hash: number): boolean {
  return is(CALENDAR_NAME, calendar, hash);
}

export function isTruthWord(hash: number): boolean {
  return is(TRUTH_WORD, truth, hash);
}

export function isAnswer(hash: number): boolean {
  return is(ANSWER, answers, hash);
}

function is(kind: number, words: Set<number>, hash: number): boolean {
  return ((MAY_BE[hash & 4095] ?? 0) & kind) !== 0 && words.has(hash);
}
