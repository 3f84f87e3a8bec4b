import { BYTE } from '../bytes.ts';

/*
 * Chinese and Japanese are written without spaces: what the scanner takes for a word may be a sentence, with numbers,
 * Latin letters and punctuation of its own in it. Which bytes are what is told here, in UTF-8.
 */

/** First byte of the first character that is wide: U+3000, with which the punctuation of these scripts begins. */
export const FIRST_WIDE = 0xe3;

/** What a run of bytes is. */
export const RUN = { narrow: 0, letters: 1, mark: 2, digits: 3 } as const;

/** What the character at `at` belongs to. */
export function runKind(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < FIRST_WIDE) return RUN.narrow;
  const second = bytes[at + 1] ?? 0;
  const third = bytes[at + 2] ?? 0;
  // U+3000 to U+303F, without the three that stand for letters: 々, 〆 and 〇.
  if (first === 0xe3 && second === 0x80) return third >= 0x85 && third <= 0x87 ? RUN.letters : RUN.mark;
  if (first !== 0xef) return RUN.letters;
  // Full-width forms of ASCII from U+FF01 on, then half-width punctuation up to U+FF65.
  if (second === 0xbc) {
    if (third >= 0x90 && third <= 0x99) return RUN.digits;
    return third >= 0xa1 && third <= 0xba ? RUN.letters : RUN.mark;
  }
  if (second === 0xbd) return third === 0x80 || (third >= 0x9b && third <= 0xa5) ? RUN.mark : RUN.letters;
  return RUN.letters;
}

/** Where the run that begins at `at` ends: a mark is one character, the others go on while their kind does. */
export function endOfRun(bytes: Uint8Array, at: number, kind: number, limit: number): number {
  let end = at;
  do {
    end = Math.min(limit, end + lengthOf(bytes[end] ?? 0));
  } while (end < limit && kind !== RUN.mark && runKind(bytes, end) === kind);
  return end;
}

/** In characters that are no wide ones it is the bytes that are counted. */
function lengthOf(first: number): number {
  if (first < FIRST_WIDE) return 1;
  return first >= 0xf0 ? 4 : 3;
}

export function slashesIn(bytes: Uint8Array, from: number, to: number): number {
  let slashes = 0;
  for (let at = from; at < to; at += 1) if (isSlash(bytes[at] ?? 0)) slashes += 1;
  return slashes;
}

export function isSlash(byte: number): boolean {
  return byte === BYTE.slash || byte === BYTE.backslash;
}

/** Where a path that begins at `from` ends: its folders may have wide names, from slash to slash; its last name not. */
export function endOfWidePath(bytes: Uint8Array, from: number, limit: number): number {
  let end = from;
  for (;;) {
    while (end < limit && (bytes[end] ?? 0) < FIRST_WIDE) end += 1;
    if (!isSlash(bytes[end - 1] ?? 0)) return end;
    let next = end;
    while (next < limit && !isSlash(bytes[next] ?? 0)) next += 1;
    if (next === limit) return end;
    end = next;
  }
}
