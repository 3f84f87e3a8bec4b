/*
 * Points of one series as bytes. Time stamps as deltas of deltas, values as differences of decimals, both as variable-length
 * integers (zigzag, 7 bits a byte). Simpler than Gorilla's bit streams (Pelkonen et al., VLDB 2015) and smaller on host
 * metrics, whose values are short decimals: a percentage with two digits costs two bytes, Gorilla's XOR of its doubles six.
 */

/** Parallel arrays; times ascending. */
export interface Points {
  times: number[];
  values: number[];
}

/** Significant digits kept of a value that is not a whole number: more than any measurement behind it is good for. */
const SIGNIFICANT_DIGITS = 6;
/** 10^-9: nanoseconds in seconds. Finer values are kept as doubles. */
const MAX_EXPONENT = 9;
/** Exponent byte of a chunk whose values are kept as doubles. */
const AS_DOUBLES = 255;

/** Rounds to what a chunk keeps, so that a value reads the same before and after it is sealed. Whole numbers stay exact. */
export function storedValue(value: number): number {
  if (value === 0) return 0; // -0 has no decimal
  if (Number.isSafeInteger(value)) return value;
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}

/** @param points values as {@link storedValue} gives them */
export function encodeChunk(points: Points): Uint8Array {
  const writer = new ByteWriter(points.times.length * 5 + 16);
  const exponent = commonExponent(points.values);
  writer.byte(exponent ?? AS_DOUBLES);
  writer.integer(points.times.length);
  let previous = 0;
  let delta = 0;
  for (const time of points.times) {
    writer.integer(time - previous - delta);
    delta = time - previous;
    previous = time;
  }
  if (exponent === undefined) for (const value of points.values) writer.double(value);
  else writeDecimals(writer, points.values, 10 ** exponent);
  return writer.bytes();
}

function writeDecimals(writer: ByteWriter, values: number[], scale: number): void {
  let previous = 0;
  for (const value of values) {
    const decimal = Math.round(value * scale);
    writer.integer(decimal - previous);
    previous = decimal;
  }
}

/** @throws RangeError on bytes that are not a chunk */
export function decodeChunk(bytes: Uint8Array): Points {
  const reader = new ByteReader(bytes);
  const exponent = reader.byte();
  const count = reader.integer();
  const times = new Array<number>(count);
  let previous = 0;
  let delta = 0;
  for (let index = 0; index < count; index += 1) {
    delta += reader.integer();
    previous += delta;
    times[index] = previous;
  }
  const values = new Array<number>(count);
  if (exponent === AS_DOUBLES) {
    for (let index = 0; index < count; index += 1) values[index] = reader.double();
    return { times, values };
  }
  const scale = 10 ** exponent;
  let decimal = 0;
  for (let index = 0; index < count; index += 1) {
    decimal += reader.integer();
    values[index] = decimal / scale;
  }
  return { times, values };
}

/** The least number of decimal places that holds all values exactly; undefined where none does. */
function commonExponent(values: number[]): number | undefined {
  let exponent = 0;
  for (const value of values) {
    while (!exactAt(value, exponent)) {
      exponent += 1;
      if (exponent > MAX_EXPONENT) return undefined;
    }
  }
  // A later value may have raised the exponent beyond what an earlier large one can bear.
  return values.every((value) => exactAt(value, exponent)) ? exponent : undefined;
}

function exactAt(value: number, exponent: number): boolean {
  const scale = 10 ** exponent;
  const decimal = Math.round(value * scale);
  // Half of the safe range, so that a difference of two stays safe as well. -0 has no decimal.
  return Math.abs(decimal) <= 2 ** 52 && Object.is(decimal / scale, value);
}

class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity: number) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#buffer.writeDoubleLE(value, this.#length);
    this.#length += 8;
  }

  /** Zigzag, then 7 bits a byte, lowest first. Arithmetic instead of bit operators: values go beyond 32 bits. */
  integer(value: number): void {
    this.#reserve(9);
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest >= 128) {
      this.#buffer[this.#length] = (rest % 128) + 128;
      this.#length += 1;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#length] = rest;
    this.#length += 1;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(this.#buffer.length * 2 + bytes);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new RangeError('The chunk ends too early');
    this.#at += 1;
    return value;
  }

  double(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  integer(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
