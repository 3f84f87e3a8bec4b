import type { Encoding, SourcePreview } from '../../src-preload/contract/logs.ts';
import type { Level, Message } from '../../src-preload/contract/shared.ts';
import type { Clock } from './flow/clock.ts';
import { lastLineEnd } from './flow/encoding.ts';
import type { OutboundLog } from './flow/outbound.ts';
import { FORMATS } from './flow/parsed-batch.ts';
import { sourceIdOf } from './log-sources.ts';
import { LineDecoder } from './parse/decode-lines.ts';
import { createLineParser } from './parse/line-parser.ts';
import { errorCode, stateOfPath } from './sources/logs/file-access.ts';
import { HEAD_BYTES, readHead } from './sources/logs/file-head.ts';
import { expandSource } from './sources/logs/source-paths.ts';
import { destinationOf, isRemote, parseRemote, type RemoteFile } from './sources/logs/ssh/address.ts';
import { complaintOf } from './sources/logs/ssh/complaint.ts';
import { RemoteSession, SessionError } from './sources/logs/ssh/session.ts';
import { readLines } from './sources/logs/whole-file.ts';

/** What is to be looked at, and what the user says of it. */
export interface PreviewedSource {
  path: string;
  timeZone?: string | undefined;
  encoding?: Encoding | undefined;
  /** Key for SSH. */
  identity?: string | undefined;
}

interface Surroundings {
  clock: Clock;
  outbound: OutboundLog;
  signal?: AbortSignal | undefined;
}

const PREVIEWED_LINES = 12;
/** Files of a pattern that are tried for one with lines in it. */
const TRIED_FILES = 20;
const PREVIEW_BYTES = 64 * 1024;
/** A login takes longer than a look at a file; the call itself is given up after fifteen seconds. */
const REMOTE_MS = 12_000;

/** What is known of the source before its lines are parsed. */
interface Beginning {
  kind: SourcePreview['kind'];
  files: number;
  file?: string | undefined;
  sizeBytes?: number | undefined;
  bytes: Buffer;
  encoding?: Encoding | undefined;
  reason?: Message | undefined;
}

/**
 * The first lines of a source as they would be taken in. Their text is as it stands in the log: to be masked before it is
 * shown.
 * @throws FailureError BAD_INPUT for a path that is none; RangeError when the zone is not known
 */
export async function previewSource(
  source: PreviewedSource,
  surroundings: Surroundings,
): Promise<SourcePreview> {
  const id = sourceIdOf(source.path);
  const remote = isRemote(id) ? parseRemote(id) : undefined;
  const beginning =
    remote === undefined ? await localBeginning(id) : await remoteBeginning(remote, source, surroundings);
  const { bytes, ...known } = beginning;
  const encoding = source.encoding ?? beginning.encoding;
  const timeZone = source.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { ...known, timeZone, ...parsedLines(bytes, encoding, source.timeZone, surroundings.clock) };
}

function parsedLines(
  bytes: Buffer,
  encoding: Encoding | undefined,
  timeZone: string | undefined,
  clock: Clock,
): Pick<SourcePreview, 'lines' | 'format' | 'stamped' | 'encoding'> {
  const decoder = new LineDecoder();
  const batch = createLineParser({ timeZone, clock }).parse(
    decoder.split({ sourceId: 'preview', stream: 0, offset: 0 }, bytes, encoding),
  );
  const counts = new Map<number, number>();
  const lines: SourcePreview['lines'] = [];
  let stamped = 0;
  for (let line = 0; line < Math.min(batch.count, PREVIEWED_LINES); line += 1) {
    const time = batch.times[line] ?? Number.NaN;
    const format = batch.formats[line] ?? 0;
    counts.set(format, (counts.get(format) ?? 0) + 1);
    if (!Number.isNaN(time)) stamped += 1;
    lines.push({
      ...(Number.isNaN(time) ? {} : { time }),
      level: levelOf(batch.levels[line] ?? 6),
      text: batch.text(line).slice(0, 2000),
    });
  }
  const most = [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
  return {
    lines,
    stamped,
    format: most === undefined ? undefined : FORMATS[most],
    encoding: decoder.encoding,
  };
}

const LEVELS: readonly Level[] = [0, 1, 2, 3, 4, 5, 6, 7];
function levelOf(code: number): Level {
  return LEVELS[code] ?? 6;
}

async function localBeginning(path: string): Promise<Beginning> {
  const { kind, paths, reason } = await expandSource(path);
  const known = { kind, files: paths.length };
  let failure = reason;
  for (const file of paths.slice(0, TRIED_FILES)) {
    try {
      const { size } = await stateOfPath(file);
      for await (const { bytes, encoding } of readLines(file, () => undefined)) {
        return { ...known, file, sizeBytes: size, bytes: bytes.subarray(0, PREVIEW_BYTES), encoding };
      }
      failure ??= { key: 'sources.reason.empty', parameters: { path: file } };
    } catch (error) {
      failure = {
        key: `sources.reason.${troubleOf(errorCode(error))}`,
        parameters: { path: file, code: errorCode(error) },
      };
    }
  }
  return { ...known, bytes: Buffer.alloc(0), reason: failure };
}

function troubleOf(code: string): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'absent';
  return code === 'EACCES' || code === 'EPERM' ? 'permission' : 'unreadable';
}

async function remoteBeginning(
  remote: RemoteFile,
  { path, identity }: PreviewedSource,
  { outbound, signal }: Surroundings,
): Promise<Beginning> {
  const session = new RemoteSession(remote, { identity, timeoutMs: REMOTE_MS });
  const leave = (): void => session.close();
  signal?.addEventListener('abort', leave, { once: true });
  const known = { kind: 'ssh' as const, files: 1, file: remote.path };
  try {
    await session.begin();
    outbound.record('logs', destinationOf(remote), 'ok');
    const { open, trouble } = await session.open();
    if (open === undefined) {
      const key = /no such file/i.test(trouble) ? 'absent' : 'permission';
      return {
        ...known,
        files: 0,
        bytes: Buffer.alloc(0),
        reason: { key: `sources.reason.${key}`, parameters: { path } },
      };
    }
    const { bytes } = await session.read(Math.min(PREVIEW_BYTES, open.size));
    const { encoding } = readHead(bytes.subarray(0, HEAD_BYTES));
    const end = lastLineEnd(bytes, 0, encoding);
    return { ...known, sizeBytes: open.size, bytes: end > 0 ? bytes.subarray(0, end) : bytes, encoding };
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    outbound.record('logs', destinationOf(remote), 'failed');
    return { ...known, files: 0, bytes: Buffer.alloc(0), reason: complaintOf(error.message, remote) };
  } finally {
    signal?.removeEventListener('abort', leave);
    leave();
  }
}
