import type { Encoding, SourcePreview } from '../../src-preload/contract/log-sources.ts';
import type { Level, Message } from '../../src-preload/contract/shared.ts';
import type { Clock } from './flow/clock.ts';
import { lastLineEnd } from './flow/encoding.ts';
import type { OutboundLog } from './flow/outbound.ts';
import { FORMATS } from './flow/parsed-batch.ts';
import { sourceIdOf } from './log-sources.ts';
import { LineDecoder } from './parse/decode-lines.ts';
import type { CompiledFormat } from './parse/custom/pattern-format.ts';
import { createLineParser, type LineParserOptions } from './parse/line-parser.ts';
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
  year?: number | undefined;
  encoding?: Encoding | undefined;
  /** Key for SSH. */
  identity?: string | undefined;
}

interface Surroundings {
  clock: Clock;
  outbound: OutboundLog;
  signal?: AbortSignal | undefined;
  /** The user's own format, of a source that has one. */
  custom?: CompiledFormat | undefined;
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
  /** When the file was last written to, UTC milliseconds. */
  modified?: number | undefined;
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
  const { bytes, modified, ...known } = beginning;
  const encoding = source.encoding ?? beginning.encoding;
  const timeZone = source.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = { now: () => modified ?? surroundings.clock.now() };
  const { custom } = surroundings;
  const read = (options: ReadOptions): ParsedLines =>
    parsedLines(bytes, encoding, { clock, custom, ...options });
  const parsed = read(source);
  return { ...known, timeZone, ...parsed, ...provenance(source, parsed, read) };
}

interface ReadOptions {
  timeZone?: string | undefined;
  year?: number | undefined;
}
type ParsedLines = Pick<SourcePreview, 'lines' | 'format' | 'stamped' | 'encoding'>;

/** A zone that nobody lives in, and a year before all logs: what they change was not in the lines. */
const OTHER_ZONE = 'Etc/GMT+12';
const OTHER_YEAR = 1972;

/** Where zone and year of the lines are from: what another zone or year changes, the lines did not name. */
function provenance(
  source: PreviewedSource,
  parsed: ParsedLines,
  read: (options: ReadOptions) => ParsedLines,
): Pick<SourcePreview, 'zoneFrom' | 'year' | 'yearFrom'> {
  const timesOf = ({ lines }: ParsedLines): string => JSON.stringify(lines.map(({ time }) => time));
  const zoneNamed =
    timesOf(read({ timeZone: OTHER_ZONE, year: 2000 })) === timesOf(read({ timeZone: 'UTC', year: 2000 }));
  const named = parsed.stamped > 0 && zoneNamed;
  const zoneFrom = named ? 'lines' : source.timeZone === undefined ? 'machine' : 'given';
  const newest = parsed.lines.findLast(({ time }) => time !== undefined)?.time;
  if (newest === undefined) return { zoneFrom };
  const yearNamed =
    timesOf(read({ timeZone: 'UTC', year: OTHER_YEAR })) === timesOf(read({ timeZone: 'UTC' }));
  const year = Number(
    new Intl.DateTimeFormat('en', { year: 'numeric', timeZone: source.timeZone }).format(newest),
  );
  return { zoneFrom, year, yearFrom: yearNamed ? 'lines' : source.year === undefined ? 'file' : 'given' };
}

function parsedLines(bytes: Buffer, encoding: Encoding | undefined, options: LineParserOptions): ParsedLines {
  const decoder = new LineDecoder();
  const batch = createLineParser(options).parse(
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
      const { size, modified } = await stateOfPath(file);
      for await (const { bytes, encoding } of readLines(file, () => undefined)) {
        const beginning = bytes.subarray(0, PREVIEW_BYTES);
        return {
          ...known,
          file,
          sizeBytes: size,
          bytes: beginning,
          encoding,
          modified: Number(modified / 1_000_000n),
        };
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
