import { BYTE, isLetter, isWordByte, matchesAt } from './bytes.ts';

/** Openings of lines that go on with the one before: Java, Python, Go and .NET stack traces. */
const OPENINGS = [
  'caused by: ',
  'traceback (most recent call last)',
  'the above exception was',
  'during handling of the above',
  '... ',
  'goroutine ',
];

/** Whether a line goes on with the one before it, by how it begins: indented, or the middle of a stack trace. */
export function continuesRecord(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (start >= end) return false;
  if (first === BYTE.tab) return true;
  if (first === BYTE.space) return bytes[start + 1] === BYTE.space || bytes[start + 1] === BYTE.tab;
  if (first !== BYTE.dot && !isLetter(first)) return false;
  const folded = (first ?? 0) | 32;
  // Only four letters begin an opening; most lines end here.
  if (folded !== 99 && folded !== 116 && folded !== 103 && folded !== 100 && first !== BYTE.dot) return false;
  return OPENINGS.some((opening) => matchesAt(bytes, start, end, opening));
}

const ENDINGS = ['error', 'exception', 'exit', 'interrupt', 'warning', 'failure', 'panic'];

/** `ValueError: not a number`, `java.io.IOException: x`: the first or last line of a trace, which is not indented. */
export function namesException(bytes: Uint8Array, start: number, end: number): boolean {
  if (!isLetter(bytes[start])) return false;
  let stop = start;
  while (stop < end && stop - start < 200) {
    const byte = bytes[stop];
    if (!isWordByte(byte) && byte !== BYTE.dot && byte !== 95) break;
    stop += 1;
  }
  if (stop < end && bytes[stop] !== BYTE.colon) return false;
  return ENDINGS.some(
    (ending) => stop - start > ending.length && matchesAt(bytes, stop - ending.length, stop, ending),
  );
}
