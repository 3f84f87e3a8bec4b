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

function hashes(words: readonly string[]): Set<number> {
  return new Set(
    words.map((word) => {
      let hash = 0x811c9dc5 | 0;
      for (const byte of Buffer.from(word)) hash = Math.imul(hash ^ byte, 0x01000193);
      return hash;
    }),
  );
}

const units = hashes(UNITS);
const calendar = hashes(CALENDAR);
const truth = hashes(TRUTH);
const answers = hashes(ANSWERS);
const LONGEST_UNIT = Math.max(...UNITS.map((unit) => unit.length));

export function isUnit(hash: number, length: number): boolean {
  return length <= LONGEST_UNIT && units.has(hash);
}

export function isCalendarName(hash: number): boolean {
  return calendar.has(hash);
}

export function isTruthWord(hash: number): boolean {
  return truth.has(hash);
}

export function isAnswer(hash: number): boolean {
  return answers.has(hash);
}
