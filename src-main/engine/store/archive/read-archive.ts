import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { openFrames, UnreadableArchive } from './frames.ts';
import { archivedLineSchema, type ArchivedLine, type ArchiveManifest } from './manifest.ts';

/**
 * The lines of an archive, some in memory at a time.
 * @param key hexadecimal, for an encrypted one
 * @throws UnreadableArchive when it is not what was written, or the key is another one; or what reading the file throws
 */
export async function* readArchive(
  directory: string,
  manifest: Pick<ArchiveManifest, 'file' | 'encrypted'>,
  key: string | undefined,
): AsyncGenerator<ArchivedLine> {
  for await (const line of textLines(directory, manifest, key)) {
    const parsed = archivedLineSchema.safeParse(jsonOf(line));
    if (!parsed.success) throw new UnreadableArchive();
    yield parsed.data;
  }
}

/**
 * Whether an archive is what its manifest says: its bytes, and that all of its lines can be read back.
 * @throws UnreadableArchive, or what reading the file throws
 */
export async function verifyArchive(
  directory: string,
  manifest: ArchiveManifest,
  key: string | undefined,
): Promise<void> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(join(directory, manifest.file))) hash.update(bufferOf(piece));
  if (hash.digest('hex') !== manifest.sha256) throw new UnreadableArchive();
  let lines = 0;
  for await (const piece of unpacked(directory, manifest, key)) {
    const bytes = bufferOf(piece);
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  }
  if (lines !== manifest.lines) throw new UnreadableArchive();
}

/** Split on the line feed alone: readline also splits where a text has U+2028 or U+2029. */
async function* textLines(
  directory: string,
  manifest: Pick<ArchiveManifest, 'file' | 'encrypted'>,
  key: string | undefined,
): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of unpacked(directory, manifest, key)) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let from = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      yield bytes.toString('utf8', from, at);
      from = at + 1;
    }
    rest = bytes.subarray(from);
  }
  if (rest.length > 0) yield rest.toString('utf8');
}

async function* unpacked(
  directory: string,
  { file, encrypted }: Pick<ArchiveManifest, 'file' | 'encrypted'>,
  key: string | undefined,
): AsyncGenerator<Buffer> {
  if (encrypted && (key === undefined || !/^[0-9a-f]{64}$/i.test(key))) throw new UnreadableArchive();
  const stored = createReadStream(join(directory, file));
  const source = encrypted ? openFrames(stored, Buffer.from(key ?? '', 'hex')) : stored;
  const gunzip = createGunzip();
  const input = Readable.from(source, { objectMode: false });
  let failure: unknown;
  input.on('error', (error) => {
    failure = error;
    gunzip.destroy(error);
  });
  try {
    for await (const piece of input.pipe(gunzip)) yield bufferOf(piece);
  } catch (error) {
    if (failure !== undefined && failure instanceof Error) throw failure;
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw new UnreadableArchive();
    throw error;
  }
}

function bufferOf(piece: unknown): Buffer {
  if (Buffer.isBuffer(piece)) return piece;
  throw new TypeError('A stream of bytes gave something else');
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
