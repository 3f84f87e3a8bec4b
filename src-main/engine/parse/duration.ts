import { BYTE, isDigit } from './bytes.ts';

/** What a number without a unit behind it is in; `guess`: whole numbers are milliseconds, fractions are seconds. */
export type DurationUnit = 'seconds' | 'milliseconds' | 'nanoseconds' | 'guess';

/** Durations in Go programs and Traefik are whole nanoseconds; nobody's request takes as many milliseconds. */
const SURELY_NANOSECONDS = 100_000;
const LONGEST = 24;
const M = 109;
const N = 110;
const S = 115;
const U = 117;

/** A duration as programs write it (`12`, `0.012`, `12ms`, `1.5s`, `830µs`), in milliseconds; -1 where it is none. */
export function durationAt(bytes: Uint8Array, start: number, end: number, unit: DurationUnit): number {
  if (end - start > LONGEST || !isDigit(bytes[start])) return -1;
  let at = start;
  let value = 0;
  let scale = 0;
  for (; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === BYTE.dot && scale === 0) scale = 1;
    else if (isDigit(byte)) {
      value = value * 10 + byte - BYTE.zero;
      scale *= 10;
    } else break;
  }
  const fraction = scale > 1;
  if (fraction) value /= scale;
  if (at === end) return value * factorOf(unit, value, fraction);
  return value * suffixFactor(bytes, at, end);
}

function factorOf(unit: DurationUnit, value: number, fraction: boolean): number {
  if (unit === 'seconds') return 1000;
  if (unit === 'nanoseconds') return 1e-6;
  if (unit === 'milliseconds') return 1;
  if (fraction) return 1000;
  return value >= SURELY_NANOSECONDS ? 1e-6 : 1;
}

/** Negative for a suffix that is no unit: so is the duration then. */
function suffixFactor(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  const length = end - at;
  if (length === 1 && first === S) return 1000;
  if (bytes[end - 1] !== S) return -1;
  if (length === 2 && first === M) return 1;
  if (length === 2 && first === U) return 1e-3;
  if (length === 2 && first === N) return 1e-6;
  // `µs`: the sign has two bytes in UTF-8, of either of its two code points.
  if (length === 3 && (first === 0xc2 || first === 0xce)) return 1e-3;
  return -1;
}

/** nginx's request time: seconds with exactly three decimals. In milliseconds; -1 for anything else. */
export function requestTimeAt(bytes: Uint8Array, start: number, end: number): number {
  const dot = end - 4;
  if (dot <= start || bytes[dot] !== BYTE.dot || end - start > LONGEST) return -1;
  return durationAt(bytes, start, end, 'seconds');
}
