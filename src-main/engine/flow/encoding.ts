import { isAscii, isUtf8 } from 'node:buffer';
import type { Encoding } from '../../../src-preload/contract/log-sources.ts';

export type { Encoding } from '../../../src-preload/contract/log-sources.ts';

const NEWLINE = 10;
/** Code units looked at for the zeros of UTF-16. */
const SAMPLE = 4096;
/** Of the characters beyond ASCII so many may be none in an encoding that is taken all the same: a line cut or damaged. */
const TOLERATED = 0.05;

/**
 * What the bytes are written in, as far as they tell. Undefined while there is nothing but ASCII, which is the same in all
 * but UTF-16: the decision waits for the first byte that differs.
 *
 * UTF-8 goes first: text in another encoding is hardly ever valid UTF-8 by chance. Shift_JIS and EUC-JP are told apart by
 * what is impossible in one and by the kana, which no Japanese text does without. What fits neither (Latin letters, binary
 * rubbish a client sent) counts as UTF-8, and its bytes stay as they are.
 * @param atStart the bytes are the beginning of the file: a byte order mark may stand there
 */
export function detectEncoding(bytes: Uint8Array, atStart: boolean): Encoding | undefined {
  const marked = atStart ? byteOrderMark(bytes) : undefined;
  if (marked !== undefined) return marked;
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return wide;
  if (isAscii(bytes)) return undefined;
  const whole = bytes.subarray(0, wholeUtf8(bytes));
  if (isUtf8(whole)) return 'utf-8';
  const shiftJis = scoreShiftJis(bytes);
  const eucJp = scoreEucJp(bytes);
  const best = eucJp > shiftJis ? eucJp : shiftJis;
  if (best <= 0) return 'utf-8';
  return eucJp > shiftJis ? 'euc-jp' : 'shift_jis';
}

function byteOrderMark(bytes: Uint8Array): Encoding | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

/**
 * UTF-16 without a mark: every ASCII character brings a zero, always on the same side; a log has its times and spaces. Holes
 * in a file are zeros on both.
 */
function wideEncoding(bytes: Uint8Array): Encoding | undefined {
  const end = Math.min(bytes.length & ~1, SAMPLE);
  let even = 0;
  let odd = 0;
  for (let index = 0; index < end; index += 2) {
    if (bytes[index] === 0) even += 1;
    if (bytes[index + 1] === 0) odd += 1;
  }
  const units = end / 2;
  const enough = Math.max(2, units / 20);
  if (odd >= enough && even * 10 < odd) return 'utf-16le';
  if (even >= enough && odd * 10 < even) return 'utf-16be';
  return undefined;
}

/** Length without a character that the end of a sample cuts off. */
function wholeUtf8(bytes: Uint8Array): number {
  let end = bytes.length;
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    if (length > back) end = bytes.length - back;
    break;
  }
  return end;
}

/** What reading the bytes in one encoding has met. */
interface Tally {
  characters: number;
  kana: number;
  /** Characters right behind another: Latin letters beyond ASCII stand alone. */
  joined: number;
  faults: number;
}

/** Greater is likelier; at most 0 where it is not believed. */
function scoreOf({ characters, kana, joined, faults }: Tally): number {
  if (characters === 0 || faults > characters * TOLERATED) return 0;
  if (kana === 0 && joined * 2 < characters) return 0;
  return 1 + characters + kana * 3 - faults * 10;
}

function scoreShiftJis(bytes: Uint8Array): number {
  const tally: Tally = { characters: 0, kana: 0, joined: 0, faults: 0 };
  let lastEnd = -1;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) continue;
    if (byte >= 0xa1 && byte <= 0xdf) {
      // A kana of half width, one byte long: EUC-JP's bytes look like a row of them, so they prove little.
      tally.characters += 0.5;
      if (lastEnd === at) tally.joined += 0.5;
      lastEnd = at + 1;
      continue;
    }
    const trail = bytes[at + 1] ?? 0;
    const leads = (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
    if (at + 1 === bytes.length && leads) break;
    if (!leads || trail < 0x40 || trail === 0x7f || trail > 0xfc) {
      tally.faults += 1;
      continue;
    }
    tally.characters += 1;
    if (lastEnd === at) tally.joined += 1;
    // Rows of hiragana, katakana and the punctuation among them.
    if ((byte === 0x82 && trail >= 0x9f) || (byte === 0x83 && trail <= 0x96)) tally.kana += 1;
    at += 1;
    lastEnd = at + 1;
  }
  return scoreOf(tally);
}

function scoreEucJp(bytes: Uint8Array): number {
  const tally: Tally = { characters: 0, kana: 0, joined: 0, faults: 0 };
  let lastEnd = -1;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) continue;
    const length = byte === 0x8f ? 3 : 2;
    if (at + length > bytes.length) break;
    const trail = bytes[at + 1] ?? 0;
    const leads = byte === 0x8e || byte === 0x8f || (byte >= 0xa1 && byte <= 0xfe);
    const third = bytes[at + 2] ?? 0;
    if (!leads || trail < 0xa1 || trail > 0xfe || (length === 3 && third < 0xa1)) {
      tally.faults += 1;
      continue;
    }
    tally.characters += 1;
    if (lastEnd === at) tally.joined += 1;
    if (byte === 0xa4 || byte === 0xa5) tally.kana += 1;
    at += length - 1;
    lastEnd = at + 1;
  }
  return scoreOf(tally);
}

export function isWide(encoding: Encoding | undefined): boolean {
  return encoding === 'utf-16le' || encoding === 'utf-16be';
}

/**
 * Index after the last newline in `bytes`, or 0 when there is none. A UTF-16 newline is two bytes at an even offset; the
 * byte alone occurs in other characters.
 * @param offset of `bytes[0]` in its file
 */
export function lastLineEnd(bytes: Buffer, offset: number, encoding: Encoding | undefined): number {
  if (!isWide(encoding)) return bytes.lastIndexOf(NEWLINE) + 1;
  for (let at = bytes.length; at > 0;) {
    at = bytes.lastIndexOf(NEWLINE, at - 1);
    if (at < 0) return 0;
    const end = wideLineEnd(bytes, at, offset, encoding);
    if (end > 0) return end;
  }
  return 0;
}

/** Index after the first newline in `bytes` at or after `from`, or 0 when there is none. */
export function firstLineEnd(
  bytes: Buffer,
  offset: number,
  encoding: Encoding | undefined,
  from = 0,
): number {
  if (!isWide(encoding)) return bytes.indexOf(NEWLINE, from) + 1;
  for (let at = from; at < bytes.length; at += 1) {
    at = bytes.indexOf(NEWLINE, at);
    if (at < 0) return 0;
    const end = wideLineEnd(bytes, at, offset, encoding);
    if (end > 0) return end;
  }
  return 0;
}

/** End of the newline that the byte at `at` belongs to, or 0 when it is part of another character. */
function wideLineEnd(bytes: Buffer, at: number, offset: number, encoding: Encoding | undefined): number {
  const even = (offset + at) % 2 === 0;
  if (encoding === 'utf-16le') return even && bytes[at + 1] === 0 && at + 1 < bytes.length ? at + 2 : 0;
  return !even && at > 0 && bytes[at - 1] === 0 ? at + 1 : 0;
}
