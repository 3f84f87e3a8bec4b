import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  watch,
  writeSync,
  type FSWatcher,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Settings, SettingsProblem, SettingsState } from '../../../src-preload/contract/settings.ts';
import type { Clock } from '../flow/clock.ts';
import { FailureError } from '../flow/failure.ts';
import { merge, type Overrides } from './layers.ts';
import { namesNewProgram } from './programs.ts';
import { SettingsDocument } from './settings-document.ts';

/** One field that changed, for the audit. */
export interface SettingsChange {
  time: number;
  path: string;
  before: unknown;
  after: unknown;
  /** `operator` from a screen, `file` when the file was edited. */
  by: string;
}

export interface SettingsFileOptions {
  /** The user's file; it need not exist. */
  file: string;
  /** Given by IT, never written; it need not exist. */
  managedFile: string;
  overrides: Overrides;
  clock: Clock;
  /** Settings or problems changed. */
  onChange(state: SettingsState): void;
  /** Keeps changes for the audit. */
  record(changes: SettingsChange[]): void;
}

/** An editor's rename and a network drive's silence both end here at the latest. */
const POLL_MS = 2000;

/**
 * The settings in force. A file that is wrong changes nothing: the last good settings stay, the problem is shown. Files
 * are watched; changes made on screen are written back with all comments kept.
 */
export class SettingsFile {
  readonly #options: SettingsFileOptions;
  #settings: Settings;
  #problems: SettingsProblem[];
  #revision: number;
  #seen: string;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SettingsFileOptions) {
    this.#options = options;
    // Seconds, so that a revision of an earlier run never equals one of this run.
    this.#revision = Math.floor(options.clock.now() / 1000);
    const texts = this.#read();
    this.#seen = texts.join('\0');
    const merged = merge(this.#documents(texts), options.overrides);
    this.#problems = merged.problems;
    this.#settings = merged.settings ?? this.#withoutUserFile(texts[0]);
  }

  get current(): Settings {
    return this.#settings;
  }

  state(): SettingsState {
    return {
      settings: this.#settings,
      file: this.#options.file,
      locked: Object.keys(this.#options.overrides),
      problems: this.#problems,
      revision: this.#revision,
    };
  }

  /** Starts to follow the files. */
  watch(): void {
    this.#watchDirectory();
    this.#timer = setInterval(() => this.#reload(), POLL_MS);
    this.#timer.unref();
  }

  close(): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
  }

  /**
   * Changes fields and writes the user's file, all or none.
   * @throws FailureError CONFLICT when the settings changed meanwhile or the file is damaged, FORBIDDEN for a field fixed
   * on the command line and for a program to run (only somebody who can write the file may name one), BAD_INPUT with
   * the field
   */
  update(revision: number, changes: { path: string; value: unknown }[]): SettingsState {
    this.#reload();
    if (revision !== this.#revision) throw failure('CONFLICT', 'settings.problem.changedMeanwhile');
    const texts = this.#read();
    const [managed, user] = this.#documents(texts);
    if (managed === undefined || user === undefined)
      throw failure('INTERNAL', 'settings.problem.changedMeanwhile');
    if (user.problems().length > 0)
      throw failure('CONFLICT', 'settings.problem.repairFirst', '', { file: user.file });
    for (const { path, value } of changes) {
      if (this.#isLocked(path)) throw failure('FORBIDDEN', 'settings.problem.locked', path);
      user.set(path.split('.'), value);
    }
    const merged = merge([managed, user], this.#options.overrides);
    const [problem] = merged.problems;
    if (merged.settings === undefined) {
      throw new FailureError({
        kind: 'BAD_INPUT',
        message: problem?.message ?? { key: 'settings.problem.invalid', parameters: {} },
        field: problem?.field ?? '',
      });
    }
    if (namesNewProgram(this.#settings, merged.settings))
      throw failure('FORBIDDEN', 'settings.problem.program', 'diagnosis.components', { file: user.file });
    this.#write(user.toString());
    this.#seen = this.#read().join('\0');
    this.#accept(merged.settings, 'operator');
    return this.state();
  }

  #isLocked(path: string): boolean {
    return Object.keys(this.#options.overrides).some(
      (locked) => path === locked || path.startsWith(`${locked}.`) || locked.startsWith(`${path}.`),
    );
  }

  #accept(settings: Settings, by: string): void {
    const changes = differences(this.#settings, settings).map((change) => ({
      ...change,
      time: this.#options.clock.now(),
      by,
    }));
    this.#settings = settings;
    this.#problems = [];
    this.#revision += 1;
    if (changes.length > 0) this.#options.record(changes);
    this.#options.onChange(this.state());
  }

  #reload(): void {
    const texts = this.#read();
    const seen = texts.join('\0');
    if (seen === this.#seen) return;
    this.#seen = seen;
    const merged = merge(this.#documents(texts), this.#options.overrides);
    if (merged.settings !== undefined) {
      this.#accept(merged.settings, 'file');
      return;
    }
    this.#problems = merged.problems;
    this.#options.onChange(this.state());
  }

  #withoutUserFile(managed: string | undefined): Settings {
    const documents = [new SettingsDocument(this.#options.managedFile, managed ?? '')];
    const settings =
      merge(documents, this.#options.overrides).settings ?? merge([], this.#options.overrides).settings;
    if (settings === undefined) throw failure('BAD_INPUT', 'settings.problem.commandLine');
    return settings;
  }

  /** Content of the managed and the user's file; a missing one is empty. */
  #read(): string[] {
    return [readIfThere(this.#options.managedFile), readIfThere(this.#options.file)];
  }

  #documents(texts: string[]): SettingsDocument[] {
    const { managedFile, file } = this.#options;
    return [new SettingsDocument(managedFile, texts[0] ?? ''), new SettingsDocument(file, texts[1] ?? '')];
  }

  /** Written aside, synced and renamed: a crash leaves the old file or the new one. */
  #write(text: string): void {
    const { file } = this.#options;
    const aside = `${file}.new`;
    try {
      const descriptor = openSync(aside, 'w', 0o600);
      writeSync(descriptor, text);
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(aside, file);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new FailureError({
        kind: 'UNAVAILABLE',
        message: { key: 'settings.problem.notWritten', parameters: { file, reason } },
        cause: error,
      });
    }
  }

  #watchDirectory(): void {
    const { file } = this.#options;
    try {
      this.#watcher = watch(dirname(file), (_event, name) => {
        if (name === null || name === basename(file)) this.#reload();
      });
      // A watcher that fails (out of inotify instances) leaves the polling.
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Missing is usual; unreadable reads as empty too, and what the user set there is then visibly not in force.
    return '';
  }
}

/** Leaves that differ, by dotted path; lists as a whole. */
function differences(
  before: unknown,
  after: unknown,
  path = '',
): { path: string; before: unknown; after: unknown }[] {
  if (isMap(before) && isMap(after)) {
    return Object.keys({ ...before, ...after }).flatMap((key) =>
      differences(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function failure(
  kind: 'CONFLICT' | 'FORBIDDEN' | 'BAD_INPUT' | 'INTERNAL',
  key: string,
  field = '',
  parameters: Record<string, string> = {},
): FailureError {
  return new FailureError(
    field === '' ? { kind, message: { key, parameters } } : { kind, message: { key, parameters }, field },
  );
}
