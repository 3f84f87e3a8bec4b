import { BYTE, isDigit, isLetter } from '../bytes.ts';
import { levelOfWord, NO_LEVEL } from '../levels.ts';

/*
 * Where the header of a log's lines ends: time, host, level, process, thread, class. Worked out from the lines
 * themselves: step by step, the next word of nearly all of them is of one kind. What is a header therefore needs no list
 * of formats, and a line that does not fit keeps all its text.
 */

/** A step over a part of the header. */
type Step =
  | 'stamp'
  | 'number'
  | 'calendar'
  | 'level'
  | 'bracket'
  | 'sign'
  | 'word'
  /** A word that a bracket or bar ends. */
  | 'closed'
  /** Up to the first colon behind at most three words. */
  | 'colon'
  | 'dash';

export type HeaderLayout = readonly Step[];

/** What of a line is not yet known to be header. */
interface Rest {
  at: number;
  end: number;
}

/** Lines that are looked at, evenly from the whole. */
const HEADER_SAMPLE = 400;
/** Share of the lines that must take a step. */
const MOST = 0.93;
const MAX_STEPS = 16;
/** Words that may stand between the parts of a header without being of a kind: hosts, classes, components. */
const MAX_PLAIN = 3;
const MAX_COMPONENT_WORDS = 3;
/** Fewer lines tell nothing. */
const LEAST_LINES = 4;

/**
 * @param starts where the lines begin in `bytes`; a sample
 * @returns the steps that nearly all lines take; none where lines have no time stamp in front
 */
export function learnHeader(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): HeaderLayout {
  let lines: Rest[] = [];
  const stride = Math.max(1, Math.floor(starts.length / HEADER_SAMPLE));
  for (let line = 0; line < starts.length; line += stride) {
    const at = starts[line] ?? 0;
    const end = ends[line] ?? 0;
    if (end - at > 8) lines.push({ at, end });
  }
  const all = lines.length;
  const steps: Step[] = [];
  /** Steps up to the last part that is of a header beyond doubt. */
  let sure = 0;
  let stamped = false;
  let plain = 0;
  while (steps.length < MAX_STEPS && all >= LEAST_LINES) {
    const step = nextStep(bytes, lines, all, stamped);
    if (step === undefined) {
      if (plain >= MAX_PLAIN) break;
      plain += 1;
      steps.push('word');
      lines = taken(bytes, lines, 'word');
      continue;
    }
    steps.push(step);
    lines = taken(bytes, lines, step);
    if (step === 'stamp') stamped = true;
    plain = 0;
    sure = steps.length;
    if (step === 'colon' || step === 'dash') break;
  }
  return stamped ? steps.slice(0, sure) : [];
}

/** Where the message begins: after as many steps as the line takes. */
export function messageStart(layout: HeaderLayout, bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (const step of layout) {
    const next = take(step, bytes, at, end);
    if (next < 0) break;
    at = next;
  }
  return at;
}

const KINDS: readonly Step[] = ['stamp', 'calendar', 'number', 'level', 'sign', 'bracket', 'closed'];

/** The kind of the next word of nearly all lines: of all that there were, not only of those that came this far. */
function nextStep(
  bytes: Uint8Array,
  lines: readonly Rest[],
  all: number,
  stamped: boolean,
): Step | undefined {
  const share = (step: Step): number => {
    let count = 0;
    for (const { at, end } of lines) if (take(step, bytes, at, end) >= 0) count += 1;
    return count / all;
  };
  for (const kind of KINDS) if (share(kind) >= MOST) return kind;
  if (!stamped) return undefined;
  if (share('colon') >= 0.8) return 'colon';
  if (share('dash') >= MOST) return 'dash';
  return undefined;
}

function taken(bytes: Uint8Array, lines: readonly Rest[], step: Step): Rest[] {
  const rest: Rest[] = [];
  for (const { at, end } of lines) {
    const next = take(step, bytes, at, end);
    if (next >= 0 && next < end) rest.push({ at: next, end });
  }
  return rest;
}

/** The offset behind the step and its separators, or -1 where the line does not take it. */
function take(step: Step, bytes: Uint8Array, at: number, end: number): number {
  switch (step) {
    case 'bracket':
      return bracket(bytes, at, end);
    case 'colon':
      return component(bytes, at, end, BYTE.colon);
    case 'dash':
      return component(bytes, at, end, BYTE.dash);
    default: {
      const from = bytes[at] === BYTE.openBracket || bytes[at] === BYTE.less ? at + 1 : at;
      const wordEnd = endOfWord(bytes, from, end);
      if (wordEnd === from) return -1;
      if (step === 'closed' && bytes[wordEnd] !== BYTE.pipe && bytes[wordEnd] !== BYTE.closeBracket)
        return -1;
      return isOf(step, bytes, from, wordEnd) ? separatorsEnd(bytes, wordEnd, end) : -1;
    }
  }
}

function isOf(step: Step, bytes: Uint8Array, from: number, to: number): boolean {
  switch (step) {
    case 'stamp':
      return isNumeric(bytes, from, to) && isStamp(bytes, from, to);
    case 'number':
      // glog writes the level's letter right before the date.
      return isNumeric(bytes, SINGLE.includes(bytes[from] ?? 0) ? from + 1 : from, to);
    case 'calendar':
      return to - from === 3 && isName(bytes, from);
    case 'level':
      return isLevel(bytes, from, to);
    case 'sign':
      return to - from === 1 && !isDigit(bytes[from]) && !isLetter(bytes[from]);
    default:
      return true;
  }
}

function endOfWord(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte <= BYTE.space || byte === BYTE.pipe || byte === BYTE.closeBracket || byte === BYTE.greater)
      break;
    if (byte === BYTE.comma && (bytes[at + 1] ?? 0) <= BYTE.space) break;
    at += 1;
  }
  return at;
}

function separatorsEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    const separates =
      byte <= BYTE.space ||
      byte === BYTE.pipe ||
      byte === BYTE.closeBracket ||
      byte === BYTE.greater ||
      byte === BYTE.comma;
    if (!separates) break;
    at += 1;
  }
  return at;
}

/** Digits with what dates, times and numbers are written with. */
function isNumeric(bytes: Uint8Array, from: number, to: number): boolean {
  let digits = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (isDigit(byte)) digits += 1;
    else if (
      byte !== BYTE.dot &&
      byte !== BYTE.colon &&
      byte !== BYTE.dash &&
      byte !== BYTE.slash &&
      byte !== BYTE.comma &&
      byte !== 43 &&
      byte !== 84 &&
      byte !== 90 &&
      byte !== 95
    )
      return false;
  }
  return digits > 0;
}

/** A time of day, a date or seconds since 1970. */
function isStamp(bytes: Uint8Array, from: number, to: number): boolean {
  let signs = 0;
  for (let at = from; at < to; at += 1) if (!isDigit(bytes[at])) signs += 1;
  const digits = to - from - signs;
  return (signs >= 2 && digits >= 4) || (signs <= 1 && digits >= 9 && digits <= 19) || digits === 6;
}

function isName(bytes: Uint8Array, from: number): boolean {
  return CALENDAR.test(String.fromCharCode(bytes[from] ?? 0, bytes[from + 1] ?? 0, bytes[from + 2] ?? 0));
}

const CALENDAR = /^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)$/;

function isLevel(bytes: Uint8Array, from: number, to: number): boolean {
  let last = to;
  if (bytes[last - 1] === BYTE.colon) last -= 1;
  if (last - from === 1) return SINGLE.includes(bytes[from] ?? 0);
  let start = from;
  // nginx and Apache write the module in front: core:notice.
  for (let at = from; at < last; at += 1) if (bytes[at] === BYTE.colon) start = at + 1;
  return levelOfWord(bytes, start, last) !== NO_LEVEL;
}

/** D, E, F, I, T, V, W: how Android and glog write levels. */
const SINGLE = Array.from('DEFITVW').map((letter) => letter.charCodeAt(0));

/** `[main]`, `[worker 3 on 8020]`, `(pool-1)`: up to where the bracket closes. */
function bracket(bytes: Uint8Array, at: number, end: number): number {
  const opening = bytes[at];
  if (opening !== BYTE.openBracket && opening !== 40) return -1;
  const closing = opening === 40 ? 41 : BYTE.closeBracket;
  let depth = 0;
  const limit = Math.min(end, at + 256);
  for (let index = at; index < limit; index += 1) {
    if (bytes[index] === opening) depth += 1;
    else if (bytes[index] === closing) {
      depth -= 1;
      if (depth === 0)
        return separatorsEnd(bytes, bytes[index + 1] === BYTE.colon ? index + 2 : index + 1, end);
    }
  }
  return -1;
}

/** Behind `name:` or `name - `, of at most three words. */
function component(bytes: Uint8Array, at: number, end: number, sign: number): number {
  let words = 0;
  for (let index = at; index < end; index += 1) {
    const byte = bytes[index];
    const ends = index + 1 >= end || (bytes[index + 1] ?? 0) <= BYTE.space;
    if (byte === sign && ends && index > at && (sign === BYTE.colon || bytes[index - 1] === BYTE.space))
      return separatorsEnd(bytes, index + 1, end);
    if (byte === BYTE.space && bytes[index - 1] !== BYTE.space) {
      words += 1;
      if (words >= MAX_COMPONENT_WORDS) return -1;
    }
  }
  return -1;
}
