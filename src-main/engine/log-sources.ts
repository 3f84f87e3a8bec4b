import { isAbsolute, normalize } from 'node:path';
import { LISTENER_IDS } from '../../src-preload/contract/limits.ts';
import type { CustomFormat } from '../../src-preload/contract/log-formats.ts';
import type { Encoding, LogClass, LogSource } from '../../src-preload/contract/logs.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import type { SourceHealth } from '../../src-preload/contract/system.ts';
import { FailureError } from './flow/failure.ts';
import type { ReadingOptions } from './log-intake.ts';
import type { FoundLog } from './sources/logs/discover/index.ts';
import { JOURNAL, type JournalState } from './sources/logs/journal/journal.ts';
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
  /** One of `logs.formats`. */
  format?: string | undefined;
}

/** What has been stored of a source since the engine started. */
interface Counted {
  lines: number;
  newestTime: number | undefined;
  format: string | undefined;
  encoding: Encoding | undefined;
}

/** Live state of sources, from whoever reads them. */
export interface ReaderStates {
  files(): FileSourceState[];
  journal(): JournalState | undefined;
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
  #found: FoundLog[] = [];

  constructor(settings: SettingsFile) {
    this.#settings = settings;
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
      .map(({ id, origin, encoding }) =>
        origin === 'user' ? { id, path: id, encoding } : { id, path: id, historyBytes: FOUND_HISTORY_BYTES },
      );
  }

  get readsJournal(): boolean {
    return this.#entries().some((entry) => entry.kind === 'journal' && entry.enabled);
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
    const name = this.#entries().find((each) => each.id === id)?.format;
    return this.#settings.current.logs.formats.find((format) => format.name === name);
  }

  count(committed: Committed): void {
    const before = this.#counted.get(committed.sourceId);
    this.#counted.set(committed.sourceId, {
      lines: (before?.lines ?? 0) + committed.stored,
      newestTime: Math.max(before?.newestTime ?? 0, committed.newestTime ?? 0) || undefined,
      format: committed.format ?? before?.format,
      encoding: committed.encoding ?? before?.encoding,
    });
  }

  list(states: ReaderStates): LogSource[] {
    const files = new Map(states.files().map((state) => [state.id, state]));
    const received = states.received().map((source) => {
      const counted = this.#counted.get(source.id);
      return { ...source, lines: counted?.lines ?? 0, format: counted?.format };
    });
    return [
      ...this.#entries().map((entry) => this.#describe(entry, files.get(entry.id), states.journal())),
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
  add(path: string, logClass: LogClass | undefined, timeZone: string | undefined): string {
    if (!isAbsolute(path)) throw refused('BAD_INPUT', 'logs.source.notAbsolute', path);
    const id = normalize(path);
    const sources = this.#settings.current.logs.sources;
    if (sources.some((source) => source.path === id))
      throw refused('CONFLICT', 'logs.source.alreadyThere', id);
    const added: Settings['logs']['sources'][number] = { path: id, enabled: true };
    if (logClass !== undefined) added.class = logClass;
    if (timeZone !== undefined) added.timeZone = timeZone;
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
    const { sources, disabled, discover } = this.#settings.current.logs;
    const users = sources.map(
      ({ path, enabled, class: logClass, timeZone, year, encoding, format }): Entry => ({
        id: path,
        kind: path === JOURNAL ? 'journal' : 'file',
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
        kind: path === JOURNAL ? 'journal' : 'file',
        origin: 'found',
        enabled: !disabled.includes(path),
        logClass: undefined,
        timeZone: undefined,
        year: undefined,
        encoding: undefined,
      }));
    return [...users, ...found];
  }

  #describe(entry: Entry, file: FileSourceState | undefined, journal: JournalState | undefined): LogSource {
    const counted = this.#counted.get(entry.id);
    const reason = entry.kind === 'journal' ? journal?.reason : file?.reason;
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
      lastSeenAt: counted?.newestTime ?? file?.lastSeenAt,
    };
    if (file !== undefined) {
      source.sizeBytes = file.sizeBytes;
      source.lagBytes = file.lagBytes;
    }
    return source;
  }
}

function refused(kind: 'BAD_INPUT' | 'CONFLICT' | 'NOT_FOUND', key: string, path: string): FailureError {
  return new FailureError({ kind, message: { key, parameters: { path } }, field: 'path' });
}
