import { ownFormatsOf } from './own-formats.ts';
import type { OwnFormats } from './store/read/reader-messages.ts';
import { isAbsolute, normalize } from 'node:path';
import { LISTENER_IDS } from '../../src-preload/contract/limits.ts';
import type { CustomFormat } from '../../src-preload/contract/log-formats.ts';
import type { LogClass } from '../../src-preload/contract/log-classes.ts';
import type { Encoding, LogSource } from '../../src-preload/contract/log-sources.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import type { SourceHealth } from '../../src-preload/contract/system.ts';
import { systemClock, type Clock } from './flow/clock.ts';
import { FailureError } from './flow/failure.ts';
import type { ReadingOptions } from './log-intake.ts';
import type { FoundLog } from './sources/logs/discover/index.ts';
import { SourceRates } from './source-rates.ts';
import type { ReaderState, WantedReader } from './source-readers.ts';
import { JOURNAL } from './sources/logs/journal/journal.ts';
import { systemLogOf } from './sources/logs/system/index.ts';
import { isRemote, parseRemote } from './sources/logs/ssh/address.ts';
import type { FileSource, FileSourceState } from './sources/logs/tail.ts';
import type { SettingsFile } from './settings/settings-file.ts';
import type { Committed } from './threads/messages.ts';

/** Of a large file that nobody asked for, only so much history is read. */
const FOUND_HISTORY_BYTES = 50_000_000;

/** A source as configured or found; its id is its path. */
interface Entry {
  id: string;
  kind: LogSource['kind'];
  origin: LogSource['origin'];
  enabled: boolean;
  logClass: LogClass | undefined;
  timeZone: string | undefined;
  year: number | undefined;
  encoding: Encoding | undefined;
  identity?: string | undefined;
  poll?: number | undefined;
  paused: boolean;
  /** One of `logs.formats`. */
  format?: string | undefined;
}

/** What the user says of a source's lines; null: as found. */
export interface SourceReading {
  timeZone: string | null;
  year: number | null;
  encoding: Encoding | null;
}

/** What has been stored of a source since the engine started. */
interface Counted {
  lines: number;
  /** Lines and bytes read, for their mean length. */
  readLines: number;
  readBytes: number;
  newestTime: number | undefined;
  format: string | undefined;
  encoding: Encoding | undefined;
}

/** Live state of sources, from whoever reads them. */
export interface ReaderStates {
  files(): FileSourceState[];
  /** Of a source that is no file here. */
  reader(id: string): ReaderState | undefined;
  /** Listeners of the receiver that are on. */
  received(): Omit<LogSource, 'lines' | 'format'>[];
}

/**
 * Which logs are read: those the user named in the settings and those found on this machine, less those switched off.
 * What a user does to a source on screen becomes a change of the settings.
 */
export class LogSources {
  readonly #settings: SettingsFile;
  readonly #counted = new Map<string, Counted>();
  readonly #rates: SourceRates;
  #found: FoundLog[] = [];

  constructor(settings: SettingsFile, clock: Clock = systemClock) {
    this.#settings = settings;
    this.#rates = new SourceRates(clock);
  }

  /** @returns whether anything changed */
  setFound(found: FoundLog[]): boolean {
    const changed = JSON.stringify(found) !== JSON.stringify(this.#found);
    this.#found = found;
    return changed;
  }

  /** What the file tail is to follow. */
  files(): FileSource[] {
    return this.#entries()
      .filter((entry) => entry.enabled && entry.kind === 'file')
      .map(({ id, origin, encoding, paused, poll }) =>
        origin === 'user'
          ? { id, path: id, encoding, paused, ...(poll === undefined ? {} : { pollMs: poll * 1000 }) }
          : { id, path: id, paused, historyBytes: FOUND_HISTORY_BYTES },
      );
  }

  /** What is read by other means than as a file of this machine. */
  readers(): WantedReader[] {
    return this.#entries()
      .filter(({ enabled, kind }) => enabled && kind !== 'file')
      .map(({ id, paused, identity, encoding }) => ({ id, paused, identity, encoding }));
  }

  get watchesAny(): boolean {
    const { receiver } = this.#settings.current;
    return this.#entries().some((entry) => entry.enabled) || LISTENER_IDS.some((id) => receiver[id].enabled);
  }

  readingOptions(id: string): ReadingOptions {
    const entry = this.#entries().find((each) => each.id === id);
    return {
      timeZone: entry?.timeZone,
      logClass: entry?.origin === 'user' ? entry.logClass : undefined,
      year: entry?.year,
      format: entry?.format,
    };
  }

  /** The user's own format of a source, as the settings have it. */
  ownFormat(id: string): CustomFormat | undefined {
    const { sources, formats } = this.#settings.current.logs;
    if (formats.length === 0) return undefined;
    const name = sources.find((source) => source.path === id)?.format;
    return formats.find((format) => format.name === name);
  }

  /** All of them, by their source. */
  ownFormats(): OwnFormats {
    return ownFormatsOf(this.#settings.current);
  }

  count(committed: Committed): void {
    const before = this.#counted.get(committed.sourceId);
    this.#rates.count(committed.sourceId, committed.lines, committed.bytes);
    this.#counted.set(committed.sourceId, {
      lines: (before?.lines ?? 0) + committed.stored,
      readLines: (before?.readLines ?? 0) + committed.lines,
      readBytes: (before?.readBytes ?? 0) + committed.bytes,
      newestTime: Math.max(before?.newestTime ?? 0, committed.newestTime ?? 0) || undefined,
      format: committed.format ?? before?.format,
      encoding: committed.encoding ?? before?.encoding,
    });
  }

  list(states: ReaderStates): LogSource[] {
    const files = new Map(states.files().map((state) => [state.id, state]));
    const received = states.received().map((source) => {
      const counted = this.#counted.get(source.id);
      const { linesPerSecond, bytesPerSecond } = this.#rates.of(source.id);
      return {
        ...source,
        lines: counted?.lines ?? 0,
        format: counted?.format,
        linesPerSecond,
        bytesPerSecond,
      };
    });
    return [
      ...this.#entries().map((entry) =>
        this.#describe(entry, files.get(entry.id) ?? states.reader(entry.id)),
      ),
      ...received,
    ];
  }

  health(states: ReaderStates): SourceHealth[] {
    return this.list(states)
      .filter((source) => source.enabled)
      .map(({ id, kind, path, state, reason, lines, lagBytes, lastSeenAt }) => ({
        id,
        kind,
        name: path,
        state,
        reason,
        lastSeenAt,
        items: lines,
        lagBytes,
      }));
  }

  /** @throws FailureError BAD_INPUT, CONFLICT */
  add(
    path: string,
    logClass?: LogClass,
    timeZone?: string,
    more: {
      encoding?: Encoding | undefined;
      year?: number | undefined;
      identity?: string | undefined;
    } = {},
  ): string {
    const id = sourceIdOf(path);
    const sources = this.#settings.current.logs.sources;
    if (sources.some((source) => source.path === id))
      throw refused('CONFLICT', 'logs.source.alreadyThere', id);
    const added: Settings['logs']['sources'][number] = { path: id, enabled: true };
    if (logClass !== undefined) added.class = logClass;
    if (timeZone !== undefined) added.timeZone = timeZone;
    if (more.year !== undefined) added.year = more.year;
    if (more.encoding !== undefined) added.encoding = more.encoding;
    if (more.identity !== undefined) added.identity = more.identity;
    this.#change('logs.sources', [...sources, added]);
    return id;
  }

  /** @throws FailureError NOT_FOUND */
  setEnabled(id: string, enabled: boolean): void {
    const { sources, disabled } = this.#settings.current.logs;
    const listener = LISTENER_IDS.find((each) => id === `receiver:${each}`);
    if (listener !== undefined) this.#change(`receiver.${listener}.enabled`, enabled);
    else if (sources.some((source) => source.path === id)) {
      this.#change(
        'logs.sources',
        sources.map((source) => (source.path === id ? { ...source, enabled } : source)),
      );
    } else if (this.#found.some((source) => source.path === id)) {
      this.#change(
        'logs.disabled',
        enabled ? disabled.filter((path) => path !== id) : [...new Set([...disabled, id])],
      );
    } else throw refused('NOT_FOUND', 'logs.source.notFound', id);
  }

  /**
   * How lines of it are understood from now on; null: as found. One that was found becomes the user's, which is where the
   * settings keep it.
   * @throws FailureError NOT_FOUND, BAD_INPUT for a source whose lines bring all of it along
   */
  setReading(id: string, { timeZone, year, encoding }: SourceReading): void {
    const entry = this.#entries().find((each) => each.id === id);
    if (entry === undefined) throw refused('NOT_FOUND', 'logs.source.notFound', id);
    if (entry.kind !== 'file' && entry.kind !== 'ssh')
      throw refused('BAD_INPUT', 'logs.source.notChangeable', id);
    const { sources } = this.#settings.current.logs;
    const known = sources.find((source) => source.path === id);
    const changed: Settings['logs']['sources'][number] = {
      ...(known ?? { path: id, enabled: entry.enabled }),
    };
    delete changed.timeZone;
    delete changed.year;
    delete changed.encoding;
    if (timeZone !== null) changed.timeZone = timeZone;
    if (year !== null) changed.year = year;
    if (encoding !== null) changed.encoding = encoding;
    const others = sources.map((source) => (source.path === id ? changed : source));
    this.#change('logs.sources', known === undefined ? [...sources, changed] : others);
  }

  /** Reading stands still, or goes on where it was. @throws FailureError NOT_FOUND */
  setPaused(id: string, paused: boolean): void {
    if (!this.#entries().some((entry) => entry.id === id))
      throw refused('NOT_FOUND', 'logs.source.notFound', id);
    const others = this.#settings.current.logs.paused.filter((each) => each !== id);
    this.#change('logs.paused', paused ? [...others, id] : others);
  }

  /** Takes a source the user added out of the settings, or switches a listener off; its lines stay. @throws FailureError NOT_FOUND */
  remove(id: string): void {
    if (id.startsWith('receiver:')) {
      this.setEnabled(id, false);
      return;
    }
    const { sources } = this.#settings.current.logs;
    if (!sources.some((source) => source.path === id)) throw refused('NOT_FOUND', 'logs.source.notFound', id);
    this.#change(
      'logs.sources',
      sources.filter((source) => source.path !== id),
    );
  }

  #change(path: string, value: unknown): void {
    this.#settings.update(this.#settings.state().revision, [{ path, value }]);
  }

  #entries(): Entry[] {
    const { sources, disabled, discover, paused: pausedIds } = this.#settings.current.logs;
    const paused = new Set(pausedIds);
    const users = sources.map(
      ({ path, enabled, class: logClass, timeZone, year, encoding, format, identity, poll }): Entry => ({
        id: path,
        kind: kindOf(path),
        identity,
        poll,
        paused: paused.has(path),
        origin: 'user',
        enabled,
        logClass,
        timeZone,
        year,
        encoding,
        format,
      }),
    );
    if (!discover) return users;
    const named = new Set(users.map((entry) => entry.id));
    const found = this.#found
      .filter((source) => !named.has(source.path))
      .map(({ path }): Entry => ({
        id: path,
        kind: kindOf(path),
        origin: 'found',
        paused: paused.has(path),
        enabled: !disabled.includes(path),
        logClass: undefined,
        timeZone: undefined,
        year: undefined,
        encoding: undefined,
      }));
    return [...users, ...found];
  }

  #describe(entry: Entry, read: FileSourceState | ReaderState | undefined): LogSource {
    const counted = this.#counted.get(entry.id);
    const reason = read?.reason;
    const { linesPerSecond, bytesPerSecond } = this.#rates.of(entry.id);
    const source: LogSource = {
      id: entry.id,
      path: entry.id,
      kind: entry.kind,
      logClass: entry.logClass ?? 'application',
      origin: entry.origin,
      format: counted?.format === 'custom' ? entry.format : counted?.format,
      encoding: counted?.encoding === 'utf-8' ? undefined : counted?.encoding,
      enabled: entry.enabled,
      state: entry.enabled && reason === undefined ? 'ok' : 'unknown',
      reason,
      lines: counted?.lines ?? 0,
      lastSeenAt: counted?.newestTime ?? read?.lastSeenAt,
      paused: entry.paused,
      timeZone: entry.timeZone,
      year: entry.year,
      givenEncoding: entry.encoding,
      linesPerSecond,
      bytesPerSecond,
    };
    if (read !== undefined)
      Object.assign(source, progressOf(read, counted, entry.paused ? 0 : bytesPerSecond));
    return source;
  }
}

/** Less than this is read in no time. */
const WORTH_TELLING_BYTES = 1_000_000;

/** How far a source is behind, in bytes, lines and time. */
function progressOf(
  read: FileSourceState | ReaderState,
  counted: Counted | undefined,
  bytesPerSecond: number,
): Partial<LogSource> {
  const { sizeBytes, lagBytes = 0 } = read;
  const lineBytes =
    counted === undefined || counted.readLines === 0 ? 0 : counted.readBytes / counted.readLines;
  return {
    sizeBytes,
    lagBytes: read.lagBytes,
    ...('files' in read ? { files: read.files, lostBytes: read.lostBytes, dropped: 0 } : {}),
    ...('skipped' in read ? { dropped: read.skipped } : {}),
    ...(lineBytes > 0 ? { lagLines: Math.ceil(lagBytes / lineBytes) } : {}),
    ...(bytesPerSecond > 0 && lagBytes > WORTH_TELLING_BYTES
      ? { timeLeftMs: (lagBytes / bytesPerSecond) * 1000 }
      : {}),
  };
}

function kindOf(path: string): LogSource['kind'] {
  if (path === JOURNAL) return 'journal';
  if (systemLogOf(path) !== undefined) return 'system';
  return isRemote(path) ? 'ssh' : 'file';
}

/** A source's id is its path, in one spelling. @throws FailureError BAD_INPUT */
export function sourceIdOf(path: string): string {
  if (isRemote(path)) {
    if (parseRemote(path) === undefined) throw refused('BAD_INPUT', 'logs.source.badRemote', path);
    return path;
  }
  if (!isAbsolute(path)) throw refused('BAD_INPUT', 'logs.source.notAbsolute', path);
  return normalize(path);
}

function refused(kind: 'BAD_INPUT' | 'CONFLICT' | 'NOT_FOUND', key: string, path: string): FailureError {
  return new FailureError({ kind, message: { key, parameters: { path } }, field: 'path' });
}
