import { BatchMemory } from './batch-memory.ts';
import { ipv4OfBytes, ipv4OfText } from './ipv4.ts';
import { firstPlace } from './first-place.ts';
import type { LineBatch } from './line-batch.ts';

/** What a line means to the behaviour detectors. Stored in `ParsedBatch.events`, one byte a line. */
export const EVENT = { none: 0, request: 1, authFailure: 2, authSuccess: 3, accessDenied: 4 } as const;

/** Formats a line can have; the index is what `ParsedBatch.formats` holds. */
export const FORMATS = [
  'text',
  'combined',
  'syslog',
  'json',
  'python',
  'error',
  'logfmt',
  'postgresql',
  'firewall',
  'w3c',
  'container',
  /** One of the user's own. */
  'custom',
] as const;
export type FormatName = (typeof FORMATS)[number];

/**
 * Fields that detection reads, as positions in `ParsedBatch.slices`. Everything else a format knows is worked out again
 * from the stored line when somebody looks at it.
 */
export const FIELD = {
  address: 0,
  user: 1,
  program: 2,
  method: 3,
  target: 4,
  agent: 5,
  referer: 6,
  /** The line without its header (time, host, program, level): what people read and rules match. */
  message: 7,
  /** X-Forwarded-For, where the format carries it. */
  forwarded: 8,
} as const;
export const FIELD_COUNT = 9;
export type FieldCode = (typeof FIELD)[keyof typeof FIELD];

/** What is longer in an address's place is cut. */
export const MAX_ADDRESS = 255;

/** No time stamp in the line: it takes that of the line before, or the time it was read. */
export const NO_TIME = Number.NaN;

/**
 * Lines with what the parser found, as columns. One object per batch and none per line: at 300 k lines a second an
 * object a line is what costs most.
 *
 * A field is a slice of `bytes`: `slices[(line * FIELD_COUNT + field) * 2]` is its start, the next its end. A start of -1:
 * the field is absent. A start of -2 - n: the value is `decoded[n]` (JSON escapes undone and the like).
 */
export class ParsedBatch {
  readonly sourceId: string;
  readonly stream: number;
  readonly firstOffset: number;
  readonly bytes: Buffer;
  readonly count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Bytes of the stream that the lines are. */
  readonly length: number;
  readonly #rawStarts: Int32Array;
  /** UTC milliseconds, or NO_TIME. */
  readonly times: Float64Array;
  /** RFC 5424 severity 0–7; 6 (informational) where the line does not say. */
  readonly levels: Uint8Array;
  readonly formats: Uint8Array;
  readonly events: Uint8Array;
  /** HTTP status, 0 where there is none. */
  readonly statuses: Uint16Array;
  /** Response bytes, 0 where there are none. */
  readonly sizes: Float64Array;
  /** How long the request took, in milliseconds; negative where the line does not say. */
  readonly durations: Float32Array;
  readonly slices: Int32Array;
  readonly decoded: string[] = [];
  /** As `ipv4` found them: detection asks, and then traffic. */
  readonly #ipv4: Int32Array;

  /** @param memory where the columns lie until the next batch takes it; the batch's own where absent */
  constructor(lines: LineBatch, memory = new BatchMemory()) {
    this.sourceId = lines.sourceId;
    this.stream = lines.stream;
    this.firstOffset = lines.firstOffset;
    this.bytes = lines.bytes;
    this.count = lines.count;
    this.starts = lines.starts;
    this.ends = lines.ends;
    this.length = lines.length;
    this.#rawStarts = lines.rawStarts ?? lines.starts;
    const { count } = lines;
    this.times = memory.float64('times', count).fill(NO_TIME);
    this.levels = memory.bytes('levels', count).fill(6);
    this.formats = memory.bytes('formats', count).fill(0);
    this.events = memory.bytes('events', count).fill(0);
    this.statuses = memory.uint16('statuses', count).fill(0);
    this.sizes = memory.float64('sizes', count).fill(0);
    this.durations = memory.float32('durations', count).fill(-1);
    this.slices = memory.int32('slices', count * FIELD_COUNT * 2).fill(-1);
    this.#ipv4 = memory.int32('ipv4', count).fill(0);
  }

  setSlice(line: number, field: FieldCode, start: number, end: number): void {
    const at = (line * FIELD_COUNT + field) * 2;
    this.slices[at] = start;
    this.slices[at + 1] = end;
  }

  /** For values that are not a slice of the bytes. */
  setDecoded(line: number, field: FieldCode, value: string): void {
    this.setSlice(line, field, -2 - this.decoded.length, 0);
    this.decoded.push(value);
  }

  /** An address that only a rule found, nearly always as it stands in the message. */
  setFoundAddress(line: number, text: string): void {
    const message = this.slices[(line * FIELD_COUNT + FIELD.message) * 2] ?? -1;
    const from = message >= 0 ? message : (this.starts[line] ?? 0);
    const start = firstPlace(this.bytes, from, this.ends[line] ?? 0, text);
    if (start < 0) this.setDecoded(line, FIELD.address, text);
    else this.setSlice(line, FIELD.address, start, start + text.length);
  }

  has(line: number, field: FieldCode): boolean {
    return this.slices[(line * FIELD_COUNT + field) * 2] !== -1;
  }

  /** The field as text, undefined where absent. Bytes that are not UTF-8 become U+FFFD. */
  field(line: number, field: FieldCode): string | undefined {
    const at = (line * FIELD_COUNT + field) * 2;
    const start = this.slices[at] ?? -1;
    if (start === -1) return undefined;
    if (start <= -2) return this.decoded[-2 - start];
    return this.bytes.toString('utf8', start, this.slices[at + 1]);
  }

  /** The line's address as its 32 bits; 0 where it has none, or one that is no IPv4 address as it is written. */
  ipv4(line: number): number {
    const known = this.#ipv4[line] ?? 0;
    return known === 0 ? (this.#ipv4[line] = this.#readIpv4(line)) : known;
  }

  #readIpv4(line: number): number {
    const at = (line * FIELD_COUNT + FIELD.address) * 2;
    const start = this.slices[at] ?? -1;
    if (start >= 0) return ipv4OfBytes(this.bytes, start, this.slices[at + 1] ?? start);
    return start === -1 ? 0 : ipv4OfText(this.decoded[-2 - start] ?? '');
  }

  /** The line's address as written, empty where it has none. */
  address(line: number): string {
    const at = (line * FIELD_COUNT + FIELD.address) * 2;
    const start = this.slices[at] ?? -1;
    if (start === -1) return '';
    if (start <= -2) return this.decoded[-2 - start] ?? '';
    return this.bytes.toString('latin1', start, Math.min(this.slices[at + 1] ?? start, start + MAX_ADDRESS));
  }

  /** The whole line as text. */
  text(line: number): string {
    return this.bytes.toString('utf8', this.starts[line], this.ends[line]);
  }

  /** Byte offset of the line in its stream. */
  offset(line: number): number {
    return this.firstOffset + (this.#rawStarts[line] ?? 0);
  }
}
