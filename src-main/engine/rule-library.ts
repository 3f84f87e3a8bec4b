import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { RuleFileProblem } from '../../src-preload/contract/threats.ts';
import type { LoadedRule } from './detect/intrusion/rule-file.ts';
import type { RuleSetResult } from './detect/intrusion/compile-rules.ts';
import { createRuleSource, type RuleSource } from './detect/intrusion/rule-source.ts';
import type { RuleSet } from './detect/intrusion/rule-set.ts';

/** Editors write in several steps; this long after the last one the files are read. */
const SETTLE_MS = 200;
/** A directory that was not there at the start, and changes the system does not tell of: looked at this often. */
const POLL_MS = 2000;

/** Where our own rules lie. */
export interface RulePlaces {
  /** The resources directory, with the rules in it. */
  resources: string;
  /** The same rules as the build has read them, where there was a build. */
  builtRules?: string | undefined;
}

/** The rules in force, ours and the user's, read again when the user's files change. */
export class RuleLibrary {
  readonly #source: RuleSource;
  readonly #directory: string;
  readonly #onChange: () => void;
  #loaded: RuleSetResult;
  #watcher: FSWatcher | undefined;
  #settling: NodeJS.Timeout | undefined;
  #polling: NodeJS.Timeout | undefined;
  /** What the directory held when it was last read. */
  #seen: string;

  /** @param directory the user's rule directory; it need not exist */
  constructor({ resources, builtRules }: RulePlaces, directory: string, onChange: () => void) {
    this.#source = createRuleSource(resources, directory, builtRules);
    this.#directory = directory;
    this.#onChange = onChange;
    this.#seen = contentsOf(directory);
    this.#loaded = this.#source.load();
  }

  get rules(): RuleSet {
    return this.#loaded.rules;
  }

  /** What threads compile for themselves. */
  get loaded(): readonly LoadedRule[] {
    return this.#loaded.rules.loaded;
  }

  get problems(): RuleFileProblem[] {
    return this.#loaded.problems;
  }

  /** Follows the user's files. */
  watch(): void {
    this.#watchDirectory();
    this.#polling = setInterval(() => {
      if (this.#watcher === undefined) this.#watchDirectory();
      // On Linux a recursive watch does not tell that a file was deleted that it saw coming.
      if (contentsOf(this.#directory) !== this.#seen) this.#reloadSoon();
    }, POLL_MS);
    this.#polling.unref();
  }

  close(): void {
    this.#watcher?.close();
    clearTimeout(this.#settling);
    clearInterval(this.#polling);
  }

  #watchDirectory(): void {
    try {
      this.#watcher = watch(this.#directory, { recursive: true }, () => this.#reloadSoon());
    } catch {
      // No such directory yet: a user without rules has none.
      return;
    }
    this.#watcher.on('error', () => {
      this.#watcher?.close();
      this.#watcher = undefined;
    });
    this.#reloadSoon();
  }

  #reloadSoon(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#reload(), SETTLE_MS);
  }

  #reload(): void {
    const before = this.#loaded;
    this.#seen = contentsOf(this.#directory);
    this.#loaded = this.#source.load();
    const changed = this.#loaded.rules.version !== before.rules.version;
    if (changed || JSON.stringify(this.#loaded.problems) !== JSON.stringify(before.problems))
      this.#onChange();
  }
}

/** Names, sizes and times of all that lies in a directory, to be compared; empty when it can't be read. */
function contentsOf(directory: string): string {
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .toSorted()
      .map((name) => {
        const state = statSync(join(directory, name), { throwIfNoEntry: false });
        return `${name}:${state?.size}:${state?.mtimeMs}`;
      })
      .join('\n');
  } catch {
    return '';
  }
}
