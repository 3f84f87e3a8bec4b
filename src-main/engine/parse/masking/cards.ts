import { DIGIT_RUN, MOST_HITS, type ByteScanner } from '../../flow/byte-scan.ts';
import { BYTE, isDigit, isLetter } from '../bytes.ts';
import type { Span } from './spans.ts';

const SHORTEST = DIGIT_RUN;
const LONGEST = 19;
/** Digits with a separator after every one at most. */
const REACH = LONGEST * 2;

/**
 * Payment card numbers: 14 to 19 digits, in groups or not, of a known issuer and with a right check digit. A plain number
 * that passes all of this by chance is one in some hundred of those that begin like a card.
 */
export function findCards(bytes: Uint8Array, scanner: ByteScanner, found: (span: Span) => void): void {
  let done = 0;
  for (let hits = MOST_HITS; hits === MOST_HITS;) {
    hits = scanner.digitRuns(bytes, done, bytes.length);
    for (let hit = 0; hit < hits; hit += 1) {
      const at = scanner.place(hit);
      if (at >= done) done = cardsAround(bytes, at, found);
    }
  }
}

/** Looks through the run of digits, blanks and dashes that a place is in; answers where it ends. */
function cardsAround(bytes: Uint8Array, place: number, found: (span: Span) => void): number {
  let at = place;
  while (at > 0 && mayBe(bytes[at - 1])) at -= 1;
  for (; mayBe(bytes[at]); at += 1) {
    if (!isDigit(bytes[at])) continue;
    const from = at;
    while (inRun(bytes, at)) at += 1;
    const length = at - from;
    if (length >= SHORTEST && length <= REACH && isCard(bytes, from, at))
      found({ from, to: at, kind: 'card' });
  }
  return at;
}

function mayBe(byte: number | undefined): boolean {
  return isDigit(byte) || byte === BYTE.space || byte === BYTE.dash;
}

/** Digits, and single separators between them. */
function inRun(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at];
  if (isDigit(byte)) return true;
  return (byte === BYTE.space || byte === BYTE.dash) && isDigit(bytes[at - 1]) && isDigit(bytes[at + 1]);
}

function isCard(bytes: Uint8Array, from: number, to: number): boolean {
  if (isJoined(bytes[from - 1]) || isJoined(bytes[to])) return false;
  const digits: number[] = [];
  let separator = 0;
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index] ?? 0;
    if (isDigit(byte)) digits.push(byte - BYTE.zero);
    else if (separator !== 0 && separator !== byte) return false;
    else separator = byte;
  }
  if (digits.length < SHORTEST || digits.length > LONGEST) return false;
  return hasGroups(bytes, from, to, separator) && isIssued(digits) && passesLuhn(digits);
}

/** Part of a longer number, a name or a decimal fraction. */
function isJoined(byte: number | undefined): boolean {
  return (
    isDigit(byte) ||
    isLetter(byte) ||
    byte === BYTE.dot ||
    byte === 95 ||
    byte === BYTE.dash ||
    byte === BYTE.slash
  );
}

/** Printed as 4-4-4-4, 4-6-5 or 4-6-4: a date and a time beside each other are not. */
function hasGroups(bytes: Uint8Array, from: number, to: number, separator: number): boolean {
  if (separator === 0) return true;
  const groups: number[] = [0];
  for (let index = from; index < to; index += 1) {
    if (bytes[index] === separator) groups.push(0);
    else groups[groups.length - 1] = (groups.at(-1) ?? 0) + 1;
  }
  return /^(4,4,4,4(,[1-3])?|4,6,[45])$/.test(groups.join(','));
}

/** Issuers' ranges and lengths (ISO/IEC 7812). */
const ISSUERS = [
  // Visa
  /^4(\d{15}|\d{18})$/,
  // Mastercard
  /^(5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}$/,
  // American Express
  /^3[47]\d{13}$/,
  // Discover
  /^(6011|65\d\d|64[4-9]\d)\d{12}$/,
  // JCB
  /^35(2[89]|[3-8]\d)\d{12}$/,
  // Diners Club
  /^3(0[0-5]|[68]\d)\d{11}$/,
  // UnionPay
  /^62\d{14,17}$/,
];

function isIssued(digits: number[]): boolean {
  const text = digits.join('');
  return ISSUERS.some((issuer) => issuer.test(text));
}

function passesLuhn(digits: number[]): boolean {
  let sum = 0;
  for (const [index, digit] of digits.toReversed().entries()) {
    const weighed = index % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
