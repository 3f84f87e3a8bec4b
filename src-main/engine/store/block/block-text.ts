import { zstdDecompressSync } from 'node:zlib';
import { ByteReader, ByteWriter } from './bytes.ts';
import { frameEnds, linesPerFrame } from './frame-layout.ts';

/*
 * How a block's text is stored: a version byte, the number of frames, the packed size of the lines' lengths, the size of each
 * frame and its packed size, then what is packed: the lengths, and each frame. Before, it was one piece without a head, and
 * the lengths were a column.
 */

const TEXT_VERSION = 2;
/** What zstd begins with: text of the first version. */
const ZSTD_MAGIC = 0x28;

const lengths = new ByteWriter(8 * 1024);
const head = new ByteWriter(128);

/**
 * What of a text is compressed, each by itself: the lines' lengths, and the frames.
 * @param textEnds where each line ends
 * @returns the lengths are valid until it is called again; frames are parts of the text
 */
export function textPieces(text: Uint8Array, textEnds: Uint32Array): Uint8Array[] {
  lengths.reset();
  writeLengths(textEnds);
  const pieces: Uint8Array[] = [lengths.view()];
  let start = 0;
  for (const end of frameEnds(textEnds)) {
    pieces.push(text.subarray(start, end));
    start = end;
  }
  return pieces;
}

/** By itself: optimised while it runs, a function that goes on behind its loop is given up there, block after block. */
function writeLengths(textEnds: Uint32Array): void {
  let before = 0;
  for (let line = 0; line < textEnds.length; line += 1) {
    const end = textEnds[line] ?? 0;
    lengths.unsigned(end - before);
    before = end;
  }
}

/**
 * The stored form of a text.
 * @param pieces as `textPieces` has them
 * @param packed each of them compressed
 */
export function joinText(
  pieces: readonly Uint8Array[],
  packed: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  head.reset();
  head.byte(TEXT_VERSION);
  head.unsigned(pieces.length - 1);
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) head.unsigned(piece.length);
    head.unsigned(packed[index]?.length ?? 0);
  }
  const joined = new Uint8Array(head.length + packed.reduce((sum, { length }) => sum + length, 0));
  joined.set(head.view());
  let at = head.length;
  for (const piece of packed) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** Lines of a text that are unpacked together. */
export class TextFrame {
  readonly bytes: Buffer;
  /** The line of the text that is its first. */
  readonly firstLine: number;
  readonly #ends: () => Uint32Array;
  #knownEnds: Uint32Array | undefined;
  #latin1: string | undefined;

  /** @param ends where in the bytes each of its lines ends; asked for once something was found */
  constructor(bytes: Buffer, firstLine: number, ends: () => Uint32Array) {
    this.bytes = bytes;
    this.firstLine = firstLine;
    this.#ends = ends;
  }

  get ends(): Uint32Array {
    return (this.#knownEnds ??= this.#ends());
  }

  /** The bytes taken as Latin-1. */
  get latin1(): string {
    return (this.#latin1 ??= this.bytes.toString('latin1'));
  }
}

/** How a text is read: frame by frame. */
interface TextSource {
  /** Lines of each frame but the last. */
  step: number;
  frames: number;
  /** Where each line ends, of all. */
  ends: () => Uint32Array;
  unpack: (frame: number) => Buffer;
}

/** The text of lines, one after another; of a stored block its frames are unpacked when they are first asked for. */
export class BlockText {
  readonly #source: TextSource;
  readonly #frames: (TextFrame | undefined)[] = [];
  #ends: Uint32Array | undefined;
  #whole: Buffer | undefined;

  constructor(source: TextSource) {
    this.#source = source;
  }

  /** Where each line ends. */
  ends(): Uint32Array {
    return (this.#ends ??= this.#source.ends());
  }

  /** The frame that a line is in. */
  frameOf(line: number): TextFrame {
    return this.#frame(Math.floor(line / this.#source.step));
  }

  /** The frames that hold any of these lines (1). */
  *framesWith(lines: Uint8Array): Iterable<TextFrame> {
    const { step, frames } = this.#source;
    for (let line = lines.indexOf(1); line >= 0;) {
      const frame = Math.min(frames - 1, Math.floor(line / step));
      yield this.#frame(frame);
      line = frame === frames - 1 ? -1 : lines.indexOf(1, (frame + 1) * step);
    }
  }

  /** All of it in one piece. */
  whole(): Buffer {
    if (this.#whole !== undefined) return this.#whole;
    const frames = Array.from({ length: this.#source.frames }, (_, frame) => this.#frame(frame).bytes);
    const [only] = frames;
    return (this.#whole = frames.length === 1 && only !== undefined ? only : Buffer.concat(frames));
  }

  #frame(number: number): TextFrame {
    return (this.#frames[number] ??= this.#unpacked(number));
  }

  #unpacked(number: number): TextFrame {
    const first = number * this.#source.step;
    return new TextFrame(this.#source.unpack(number), first, () => {
      const ends = this.ends();
      if (first === 0) return ends.subarray(0, this.#source.step);
      const inFrame = ends.slice(first, first + this.#source.step);
      const start = ends[first - 1] ?? 0;
      for (let line = 0; line < inFrame.length; line += 1) inFrame[line] = (inFrame[line] ?? 0) - start;
      return inFrame;
    });
  }
}

/** Text that is unpacked already, as one frame. */
export function plainText(bytes: Buffer, ends: () => Uint32Array, lines: number): BlockText {
  return new BlockText({ step: Math.max(1, lines), frames: 1, ends, unpack: () => bytes });
}

/** A block's text as it is stored. */
export interface StoredText {
  bytes: Uint8Array;
  /** Bytes it takes unpacked. */
  size: number;
  lines: number;
  /** Where lines end by the block's columns: asked for of old blocks only. */
  columnEnds: () => Uint32Array;
  /** Reads what is unpacked later, to say in its own way what is wrong with the bytes. */
  later?: <Value>(read: () => Value) => Value;
}

/** @throws RangeError when the bytes are no such text; so do the answer's methods, or an error of zlib */
export function storedText({
  bytes: stored,
  size,
  lines,
  columnEnds,
  later = (read) => read(),
}: StoredText): BlockText {
  if (stored[0] === ZSTD_MAGIC) {
    return new BlockText({
      step: Math.max(1, lines),
      frames: 1,
      ends: columnEnds,
      unpack: () => later(() => unpacked(stored, size)),
    });
  }
  const reader = new ByteReader(stored);
  const version = reader.byte();
  if (version !== TEXT_VERSION) throw new RangeError(`Unknown version of a block's text: ${version}`);
  const frames = reader.unsigned();
  const packedLengths = reader.unsigned();
  const sizes: { size: number; packed: number }[] = [];
  for (let frame = 0; frame < frames; frame += 1)
    sizes.push({ size: reader.unsigned(), packed: reader.unsigned() });
  const lengths = reader.bytes(packedLengths);
  const parts = sizes.map((each) => ({ size: each.size, bytes: reader.bytes(each.packed) }));
  return new BlockText({
    step: linesPerFrame(lines),
    frames,
    ends: () => later(() => endsOf(unpacked(lengths, lines * 2), lines)),
    unpack: (frame) =>
      later(() => {
        const part = parts[frame];
        if (part === undefined) throw new RangeError('The block has no such frame');
        return unpacked(part.bytes, part.size);
      }),
  });
}

/** @param size it takes unpacked, about: with it, it comes into one buffer instead of many small ones */
function unpacked(bytes: Uint8Array, size: number): Buffer {
  // One more than it needs: a buffer that is full has another one made for what may still come.
  return zstdDecompressSync(bytes, { chunkSize: Math.max(64, size + 1) });
}

function endsOf(bytes: Uint8Array, lines: number): Uint32Array {
  const ends = new Uint32Array(lines);
  let end = 0;
  let at = 0;
  for (let line = 0; line < lines; line += 1) {
    // As ByteReader does: by hand here, as every text that has a hit is gone through.
    let byte = bytes[at++] ?? 0;
    let length = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[at++] ?? 0;
      length |= (byte & 127) << shift;
    }
    end += length;
    ends[line] = end;
  }
  if (at > bytes.length) throw new RangeError('The stored bytes end too early');
  return ends;
}
