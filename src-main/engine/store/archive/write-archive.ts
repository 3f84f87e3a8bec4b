import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { withDatabaseFailures } from '../failures.ts';
import { partitionPath, type PartitionName } from '../partitions.ts';
import { lineText } from '../read/line-text.ts';
import { PartitionReader } from '../read/partition-reader.ts';
import { loadedOnce, type LineUnit } from '../read/unit.ts';
import { archiveHeader, sealFrame } from './frames.ts';
import { MANIFEST_ENDING, type ArchivedLine, type ArchiveManifest } from './manifest.ts';

export interface ArchiveRequest {
  name: PartitionName;
  /** Folder of the archives. */
  directory: string;
  /** 32 bytes, hexadecimal; absent: the archive is not encrypted. */
  key: string | undefined;
  /** Tells archives of one day apart: lines may come after the first. */
  number: number;
  now: number;
}

/** Lines packed at a time: what is held in memory. */
const PIECE_LINES = 4096;

/**
 * Writes a partition's lines as gzip of JSON lines, piece by piece: each piece is a gzip member of its own, which every
 * gunzip reads as one file. The file gets its name when all of it is on the disk, and its manifest after that.
 * @param logDirectory `logs` of the data directory
 */
export function writeArchive(logDirectory: string, request: ArchiveRequest): ArchiveManifest {
  const { name, directory, key, number, now } = request;
  const suffix = number === 1 ? '' : `-${number}`;
  const file = `${name.logClass}-${name.day}${suffix}.jsonl.gz${key === undefined ? '' : '.enc'}`;
  const path = join(directory, file);
  const partition = new PartitionReader(name, partitionPath(logDirectory, name));
  try {
    return withDatabaseFailures(path, () => {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const counts = { lines: 0, firstTime: Infinity, lastTime: -Infinity, lastSequence: 0 };
      const sum = writeWhole(`${path}.part`, key, piecesOf(partition.units(), counts));
      const manifest: ArchiveManifest = {
        format: 1,
        ...name,
        file,
        ...counts,
        firstTime: counts.lines === 0 ? 0 : counts.firstTime,
        lastTime: counts.lines === 0 ? 0 : counts.lastTime,
        ...sum,
        encrypted: key !== undefined,
        createdAt: now,
      };
      renameSync(`${path}.part`, path);
      writeManifest(`${path}${MANIFEST_ENDING}`, manifest);
      syncDirectory(directory);
      return manifest;
    });
  } finally {
    partition.close();
  }
}

function writeManifest(path: string, manifest: ArchiveManifest): void {
  writeFileSync(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.part`, path);
}

/** The names too must be on the disk before anything is deleted. Windows has no such call and needs none. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What can't be written whole is not left behind. */
function writeWhole(
  path: string,
  key: string | undefined,
  pieces: Iterable<Buffer>,
): { bytes: number; sha256: string } {
  const descriptor = openSync(path, 'w', 0o600);
  try {
    const out = new Output(descriptor);
    if (key === undefined) for (const piece of pieces) out.write(piece);
    else writeSealed(out, Buffer.from(key, 'hex'), pieces);
    fsyncSync(descriptor);
    return out.sum();
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function writeSealed(out: Output, key: Buffer, pieces: Iterable<Buffer>): void {
  const header = archiveHeader();
  out.write(header);
  let number = 0;
  for (const piece of pieces) {
    out.write(sealFrame(piece, { key, header, number, last: false }));
    number += 1;
  }
  out.write(sealFrame(Buffer.alloc(0), { key, header, number, last: true }));
}

class Output {
  readonly #descriptor: number;
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  sum(): { bytes: number; sha256: string } {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

interface Counts {
  lines: number;
  firstTime: number;
  lastTime: number;
  lastSequence: number;
}

function* piecesOf(units: LineUnit[], counts: Counts): Generator<Buffer> {
  for (const unit of units) {
    // Unpacked once, and let go with the unit.
    const loaded = loadedOnce(unit);
    const columns = loaded.columns();
    const times = columns.times();
    const levels = columns.levels();
    const addresses = columns.addresses();
    const sources = columns.sources();
    const text = loaded.text();
    for (let from = 0; from < unit.lines; from += PIECE_LINES) {
      const lines: string[] = [];
      for (let index = from; index < Math.min(unit.lines, from + PIECE_LINES); index += 1) {
        const address = addresses.table[addresses.index[index] ?? 0] ?? '';
        const line: ArchivedLine = {
          time: times[index] ?? 0,
          level: levels[index] ?? 6,
          source: sources.table[sources.index[index] ?? 0] ?? '',
          text: lineText(text, index),
          ...(address === '' ? {} : { address }),
        };
        lines.push(JSON.stringify(line));
      }
      yield gzipSync(`${lines.join('\n')}\n`);
    }
    counts.lines += unit.lines;
    if (unit.lines === 0) continue;
    counts.firstTime = Math.min(counts.firstTime, unit.firstTime);
    counts.lastTime = Math.max(counts.lastTime, unit.lastTime);
    counts.lastSequence = Math.max(counts.lastSequence, unit.lastSequence);
  }
}
