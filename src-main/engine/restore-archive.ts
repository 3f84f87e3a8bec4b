import { createWriteStream, existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemClock } from './flow/clock.ts';
import { FailureError } from './flow/failure.ts';
import { storedLines } from './open-bundle.ts';
import { MANIFEST_ENDING, readManifest, type ArchiveManifest } from './store/archive/manifest.ts';
import { readArchive, verifyArchive } from './store/archive/read-archive.ts';
import { UnreadableArchive } from './store/archive/frames.ts';
import { takeDirectory } from './store/data-directory.ts';
import { openLogStore } from './store/write/log-writer.ts';

export { listArchives } from './store/archive/manifest.ts';

/** Lines put into the store at a time. */
const BATCH = 4096;

/** An archive and its key, as a person names them. */
export interface ArchiveFile {
  path: string;
  /** 64 hexadecimal digits, for an encrypted one. */
  key: string | undefined;
}

/** Checks bytes and lines against the manifest. @throws FailureError NOT_FOUND or BAD_INPUT */
export async function verifyArchiveFile(archive: ArchiveFile): Promise<ArchiveManifest> {
  const manifest = manifestOf(archive);
  try {
    await verifyArchive(dirname(archive.path), manifest, archive.key);
  } catch (error) {
    throw faultOf(error, archive.path);
  }
  return manifest;
}

/** Writes the lines as JSON, one a line, into a new file. */
export async function restoreToFile(archive: ArchiveFile, path: string): Promise<number> {
  if (existsSync(path)) throw fault('exists', { path });
  const manifest = await verifyArchiveFile(archive);
  let lines = 0;
  async function* texts(): AsyncGenerator<string> {
    for await (const line of readArchive(dirname(archive.path), manifest, archive.key)) {
      lines += 1;
      yield `${JSON.stringify(line)}\n`;
    }
  }
  await pipeline(Readable.from(texts()), createWriteStream(path, { mode: 0o600, flags: 'wx' }));
  return lines;
}

/**
 * Puts the lines back into the partitions of a data directory, where they are searched like any. In that of a running engine
 * retention would take them again: another directory is meant.
 */
export async function restoreToDirectory(archive: ArchiveFile, dataDirectory: string): Promise<number> {
  const manifest = await verifyArchiveFile(archive);
  const lock = takeDirectory(dataDirectory, systemClock.now());
  const store = openLogStore(dataDirectory, { clock: systemClock, onProblem: () => undefined });
  const places = new Map<string, { stream: number; offset: number }>();
  let held: { source: string; lines: Parameters<typeof storedLines>[0] } = { source: '', lines: [] };
  let restored = 0;
  const put = (): void => {
    const { source, lines } = held;
    if (lines.length === 0) return;
    let at = places.get(source);
    if (at === undefined) {
      const identity = { sourceId: source, path: source, fileId: '', fingerprint: '', fingerprintLength: 0 };
      at = { stream: store.identify(identity, true).stream, offset: 0 };
      places.set(source, at);
    }
    const stored = storedLines(lines, at);
    at.offset = (stored.offsets.at(-1) ?? 0) + 1;
    store.append(stored, at);
    restored += lines.length;
  };
  try {
    for await (const { source, ...line } of readArchive(dirname(archive.path), manifest, archive.key)) {
      if (source !== held.source || held.lines.length >= BATCH) {
        put();
        held = { source, lines: [] };
      }
      held.lines.push({ ...line, id: `${manifest.logClass}/${manifest.day}/0`, sourceId: source });
    }
    put();
  } finally {
    store.close();
    lock.release();
  }
  return restored;
}

function manifestOf({ path }: ArchiveFile): ArchiveManifest {
  const manifest = readManifest(path + MANIFEST_ENDING);
  if (manifest === undefined || manifest.file !== basename(path)) throw fault('noManifest', { file: path });
  return manifest;
}

function faultOf(error: unknown, file: string): unknown {
  return error instanceof UnreadableArchive ? fault('unreadable', { file }) : error;
}

function fault(kind: string, parameters: Record<string, string>): FailureError {
  return new FailureError({ kind: 'BAD_INPUT', message: { key: `archive.fault.${kind}`, parameters } });
}
