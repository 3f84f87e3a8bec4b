import { isAscii } from 'node:buffer';
import { detectEncoding, firstLineEnd, isWide, type Encoding } from '../flow/encoding.ts';
import type { ByteScanner } from '../flow/byte-scan.ts';
import { splitLines, type LineBatch } from '../flow/line-batch.ts';

/** Where the lines of a batch come from. */
export interface LinesOrigin {
  sourceId: string;
  stream: number;
  /** Of the bytes' first in the stream. */
  offset: number;
}

/** Streams whose encoding is remembered; forgetting one costs a look at the next bytes. */
const MAX_STREAMS = 4096;

/**
 * Splits bytes into lines of UTF-8, whatever they are written in. Offsets stay those of the bytes as they were read.
 * Remembers what it found out of each stream that was not decided before.
 */
export class LineDecoder {
  readonly #found = new Map<number, Encoding>();
  /** What the last batch was read in; undefined: nothing but ASCII so far. */
  encoding: Encoding | undefined;

  /**
   * @param known what the source's beginning or its user says; else the bytes decide
   * @param scanner holds the lines' bytes afterwards, nearly always
   */
  split(origin: LinesOrigin, bytes: Buffer, known: Encoding | undefined, scanner?: ByteScanner): LineBatch {
    this.encoding = known ?? this.#found.get(origin.stream) ?? this.#look(origin, bytes);
    return splitEncoded(origin, bytes, this.encoding, scanner);
  }

  #look(origin: LinesOrigin, bytes: Buffer): Encoding | undefined {
    const found = detectEncoding(bytes, origin.offset === 0);
    if (found !== undefined) {
      if (this.#found.size >= MAX_STREAMS) this.#found.clear();
      this.#found.set(origin.stream, found);
    }
    return found;
  }
}

/** Splits bytes of a known encoding. */
export function splitEncoded(
  { sourceId, stream, offset }: LinesOrigin,
  bytes: Buffer,
  encoding: Encoding | undefined,
  scanner?: ByteScanner,
): LineBatch {
  if (isWide(encoding)) return splitWide(sourceId, stream, offset, bytes, encoding);
  const raw = splitLines(sourceId, stream, offset, bytes, scanner);
  if (encoding === undefined || encoding === 'utf-8') return withoutMark(raw);
  if (isAscii(bytes)) return raw;
  const decoder = new TextDecoder(encoding);
  const decoded = splitLines(sourceId, stream, offset, Buffer.from(decoder.decode(bytes)));
  // A decoder that swallows a newline into a damaged character would join lines: then each is decoded alone.
  const lines = decoded.count === raw.count ? decoded : eachAlone(raw, decoder);
  return { ...lines, length: bytes.length, rawStarts: raw.starts };
}

function eachAlone(raw: LineBatch, decoder: TextDecoder): LineBatch {
  const parts: string[] = [];
  for (let line = 0; line < raw.count; line += 1) {
    const text = decoder.decode(raw.bytes.subarray(raw.starts[line], raw.ends[line]));
    parts.push(text.replaceAll('\n', '\ufffd'));
  }
  return splitLines(raw.sourceId, raw.stream, raw.firstOffset, Buffer.from(`${parts.join('\n')}\n`));
}

/** A UTF-8 byte order mark at the file's start is no part of its first line; the line's offset stays 0. */
function withoutMark(lines: LineBatch): LineBatch {
  const { bytes, starts } = lines;
  if (lines.firstOffset !== 0 || bytes[0] !== 0xef || bytes[1] !== 0xbb || bytes[2] !== 0xbf) return lines;
  const rawStarts = starts.slice();
  starts[0] = Math.min(3, lines.ends[0] ?? 0);
  return { ...lines, rawStarts };
}

function splitWide(
  sourceId: string,
  stream: number,
  offset: number,
  bytes: Buffer,
  encoding: Encoding | undefined,
): LineBatch {
  const units = bytes.subarray(0, bytes.length & ~1);
  const ordered = encoding === 'utf-16be' ? Buffer.from(units).swap16() : units;
  const text = ordered.toString('utf16le');
  const marked = offset === 0 && text.startsWith('\ufeff');
  const lines = splitLines(sourceId, stream, offset, Buffer.from(marked ? text.slice(1) : text));
  const rawStarts = new Int32Array(lines.count);
  let at = 0;
  for (let line = 0; line < lines.count; line += 1) {
    rawStarts[line] = at;
    const end = firstLineEnd(bytes, offset, encoding, at);
    at = end === 0 ? bytes.length : end;
  }
  return { ...lines, length: bytes.length, rawStarts };
}
