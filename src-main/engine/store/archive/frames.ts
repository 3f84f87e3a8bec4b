import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/*
 * An encrypted archive: magic, a random prefix, then frames of length, tag and ciphertext, each AES-256-GCM under a nonce of
 * prefix and frame number. What is authenticated with a frame is the header, so that frames of another file don't fit, and
 * whether it is the last, so that a file cut short is noticed. The construction is STREAM (Hoang, Reyhanitabar, Rogaway,
 * Vizár, 2015).
 */

const ARCHIVE_MAGIC = Buffer.from('YAGURA-ARCHIVE-1\n');
const PREFIX_BYTES = 8;
const TAG_BYTES = 16;
const LENGTH_BYTES = 4;
export const HEADER_BYTES = ARCHIVE_MAGIC.length + PREFIX_BYTES;
/** Longest frame that is read: what a foreign file may ask of this machine's memory. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

export function archiveHeader(): Buffer {
  return Buffer.concat([ARCHIVE_MAGIC, randomBytes(PREFIX_BYTES)]);
}

/** @param key 32 bytes */
export function sealFrame(
  content: Uint8Array,
  place: { key: Buffer; header: Buffer; number: number; last: boolean },
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', place.key, nonceOf(place.header, place.number));
  cipher.setAAD(associated(place));
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(sealed.length);
  return Buffer.concat([length, cipher.getAuthTag(), sealed]);
}

/**
 * Opens the frames of a file as its pieces come. A wrong key, a changed, missing or exchanged frame and a cut end all throw
 * the same: they can't be told apart.
 */
export async function* openFrames(pieces: AsyncIterable<Buffer>, key: Buffer): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  let header: Buffer | undefined;
  let number = 0;
  let ended = false;
  for await (const piece of pieces) {
    if (ended) throw new UnreadableArchive();
    held = Buffer.concat([held, piece]);
    if (header === undefined) {
      if (held.length < HEADER_BYTES) continue;
      header = held.subarray(0, HEADER_BYTES);
      if (!header.subarray(0, ARCHIVE_MAGIC.length).equals(ARCHIVE_MAGIC)) throw new UnreadableArchive();
      held = held.subarray(HEADER_BYTES);
    }
    for (let length = frameLength(held); length !== undefined; length = frameLength(held)) {
      if (ended) throw new UnreadableArchive();
      const from = LENGTH_BYTES + TAG_BYTES;
      const last = length === 0;
      yield openFrame(held.subarray(LENGTH_BYTES, from), held.subarray(from, from + length), {
        key,
        header,
        number,
        last,
      });
      held = held.subarray(from + length);
      number += 1;
      ended = last;
    }
  }
  if (!ended || held.length > 0) throw new UnreadableArchive();
}

/** The key does not fit, or the file is not what was written. */
export class UnreadableArchive extends Error {
  constructor() {
    super('The archive is damaged, or the key is another one');
  }
}

/** Length of the frame that is wholly there; undefined: more must come. */
function frameLength(held: Buffer): number | undefined {
  if (held.length < LENGTH_BYTES + TAG_BYTES) return undefined;
  const length = held.readUInt32LE(0);
  if (length > MAX_FRAME_BYTES) throw new UnreadableArchive();
  return held.length < LENGTH_BYTES + TAG_BYTES + length ? undefined : length;
}

function openFrame(
  tag: Buffer,
  sealed: Buffer,
  place: { key: Buffer; header: Buffer; number: number; last: boolean },
): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', place.key, nonceOf(place.header, place.number));
  decipher.setAAD(associated(place));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    throw new UnreadableArchive();
  }
}

function nonceOf(header: Buffer, number: number): Buffer {
  const nonce = Buffer.alloc(12);
  header.copy(nonce, 0, ARCHIVE_MAGIC.length, HEADER_BYTES);
  nonce.writeUInt32LE(number, PREFIX_BYTES);
  return nonce;
}

function associated({ header, last }: { header: Buffer; last: boolean }): Buffer {
  return Buffer.concat([header, Buffer.of(last ? 1 : 0)]);
}
