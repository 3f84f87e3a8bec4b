/** Byte tests shared by the formats. Lines stay bytes: a string per line costs more than the whole parse. */

export const BYTE = {
  tab: 9,
  space: 32,
  quote: 34,
  hash: 35,
  comma: 44,
  dash: 45,
  dot: 46,
  slash: 47,
  zero: 48,
  nine: 57,
  colon: 58,
  less: 60,
  equals: 61,
  greater: 62,
  openBracket: 91,
  backslash: 92,
  closeBracket: 93,
  openBrace: 123,
  pipe: 124,
  closeBrace: 125,
} as const;

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= BYTE.zero && byte <= BYTE.nine;
}

export function isLetter(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 32;
  return lower >= 97 && lower <= 122;
}

/** Letters, digits and everything beyond ASCII: what can be part of a word. */
export function isWordByte(byte: number | undefined): boolean {
  return isDigit(byte) || isLetter(byte) || (byte !== undefined && byte >= 128);
}

/** The two decimal digits at `at`, or -1. The caller has checked that they lie within the line. */
export function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - BYTE.zero;
  const ones = (bytes[at + 1] ?? 0) - BYTE.zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** The four decimal digits at `at`, or -1. */
export function fourDigits(bytes: Uint8Array, at: number): number {
  const high = twoDigits(bytes, at);
  const low = twoDigits(bytes, at + 2);
  return high < 0 || low < 0 ? -1 : high * 100 + low;
}

/** End of the run of decimal digits that begins at `at`. */
export function digitsEnd(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end && isDigit(bytes[index])) index += 1;
  return index;
}

/** Value of the decimal digits [at, end); the caller has checked that they are digits. Precise up to 15 of them. */
export function decimal(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let index = at; index < end; index += 1) value = value * 10 + ((bytes[index] ?? 0) - BYTE.zero);
  return value;
}

export function skipSpaces(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end && (bytes[index] === BYTE.space || bytes[index] === BYTE.tab)) index += 1;
  return index;
}

/** Index of the first space at or after `at`, or `end`. */
export function wordEnd(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end && bytes[index] !== BYTE.space) index += 1;
  return index;
}

/** Whether the ASCII text `lower` (lower-case) stands at `at`, whatever its case. */
export function matchesAt(bytes: Uint8Array, at: number, end: number, lower: string): boolean {
  if (at + lower.length > end) return false;
  for (let index = 0; index < lower.length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    const folded = byte >= 65 && byte <= 90 ? byte | 32 : byte;
    if (folded !== lower.charCodeAt(index)) return false;
  }
  return true;
}

/**
 * Whether [start, end) could be an IP address: only what addresses are written with, and a dot or two colons in it.
 * A cheap test to tell an address from a host name; it does not validate.
 */
export function looksLikeAddress(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2 || end - start > 64) return false;
  let dots = 0;
  let colons = 0;
  let letters = 0;
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    if (isDigit(byte)) continue;
    if (byte === BYTE.dot) dots += 1;
    else if (byte === BYTE.colon) colons += 1;
    else if ((byte | 32) >= 97 && (byte | 32) <= 102) letters += 1;
    else return false;
  }
  return colons >= 2 || (dots === 3 && letters === 0);
}
