import { BYTE, isDigit, isLetter, isWordByte } from '../bytes.ts';
import { NO_STAMP, type StampReader } from '../stamp.ts';

/** How far into a line a time stamp may begin. */
const STAMP_REACH = 64;

/** Reads whatever stamp stands exactly at `at`; answers its end or NO_STAMP. */
export function readAnyStamp(bytes: Uint8Array, at: number, end: number, stamps: StampReader): number {
  const first = bytes[at];
  if (isDigit(first)) {
    const fifth = bytes[at + 4];
    if (fifth === BYTE.dash || fifth === BYTE.slash) return stamps.readIso(bytes, at, end);
    if (bytes[at + 2] === BYTE.slash || bytes[at + 1] === BYTE.slash)
      return stamps.readAccess(bytes, at, end);
    if (bytes[at + 6] === BYTE.space) return stamps.readCompact(bytes, at, end);
    return stamps.readEpoch(bytes, at, end);
  }
  if (isLetter(first)) {
    if (bytes[at + 3] !== BYTE.space) return NO_STAMP;
    const withoutWeekday = stamps.readBsd(bytes, at, end);
    return withoutWeekday === NO_STAMP ? stamps.readCtime(bytes, at, end) : withoutWeekday;
  }
  return first === 64 ? stamps.readTai(bytes, at, end) : NO_STAMP;
}

/** Looks for a stamp near the line's start; answers its end or NO_STAMP. */
export function findStamp(bytes: Uint8Array, start: number, end: number, stamps: StampReader): number {
  const limit = Math.min(end, start + STAMP_REACH);
  for (let at = start; at < limit; at += 1) {
    const byte = bytes[at];
    if (at > start && isWordByte(bytes[at - 1])) continue;
    if (!isDigit(byte) && !isLetter(byte) && byte !== 64) continue;
    // A bare number in the middle of a line is rarely a time.
    const stop = readAnyStamp(bytes, at, end, stamps);
    if (stop === NO_STAMP) continue;
    if (isBareNumber(bytes, at, stop) && !mayBeEpoch(bytes, start, at, stop, end)) continue;
    return stop;
  }
  return NO_STAMP;
}

function isBareNumber(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    if (!isDigit(bytes[index]) && bytes[index] !== BYTE.dot) return false;
  }
  return true;
}

/** Seconds since 1970 are believed at the line's start or in brackets, when a separator follows. */
function mayBeEpoch(
  bytes: Uint8Array,
  lineStart: number,
  start: number,
  end: number,
  lineEnd: number,
): boolean {
  const before = bytes[start - 1];
  const after = end < lineEnd ? bytes[end] : BYTE.space;
  const opens = start === lineStart || before === BYTE.openBracket || before === 40;
  const closes =
    after === BYTE.space || after === BYTE.closeBracket || after === BYTE.colon || after === BYTE.comma;
  return opens && closes && (after !== BYTE.space || isNow(bytes, start));
}

/** Ten digits that begin with 1: from 2001 to 2033. Order numbers are often anything else. */
function isNow(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === 49;
}
