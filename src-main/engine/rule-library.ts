import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { RuleFileProblem } from '../../src-preload/contract/threats.ts';
import { checkFixtures } from './detect/intrusion/rule-fixtures.ts';
import { compileRules, type RuleSet, type RuleText } from './detect/intrusion/rule-set.ts';
import { readRuleTexts } from './detect/intrusion/rules.ts';

/** Editors write in several steps; this long after the last one the files are read. */
const SETTLE_MS = 200;

/**
 * The rules in force: ours and the user's. When a user's file turns bad, its last good text stays in force and the
 * problem is shown, until the file is mended or deleted.
 */
export class RuleLibrary {
  readonly #builtIn: RuleText[];
  readonly #builtInProblems: RuleFileProblem[];
  readonly #directory: string;
  readonly #onChange: () => void;
  /** Last good text of each of the user's files. */
  #good = new Map<string, RuleText>();
  #rules: RuleSet;
  #problems: RuleFileProblem[] = [];
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param directory the user's rule directory; it need not exist */
  constructor(resources: string, directory: string, onChange: () => void) {
    const own = readRuleTexts(join(resources, 'rules'), 'built-in');
    this.#builtIn = own.texts;
    this.#builtInProblems = own.problems;
    this.#directory = directory;
    this.#onChange = onChange;
    this.#rules = this.#load();
  }

  get rules(): RuleSet {
    return this.#rules;
  }

  /** What threads compile for themselves. */
  get texts(): RuleText[] {
    return [...this.#builtIn, ...this.#good.values()];
  }

  get problems(): RuleFileProblem[] {
    return this.#problems;
  }

  /** Follows the user's files. */
  watch(): void {
    try {
      this.#watcher = watch(this.#directory, { recursive: true }, () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#reload(), SETTLE_MS);
      });
      this.#watcher.on('error', () => this.close());
    } catch {
      // No such directory: nothing to follow until the next start.
    }
  }

  close(): void {
    this.#watcher?.close();
    clearTimeout(this.#timer);
  }

  #reload(): void {
    const before = this.#rules.version;
    const problemsBefore = JSON.stringify(this.#problems);
    this.#rules = this.#load();
    if (this.#rules.version !== before || JSON.stringify(this.#problems) !== problemsBefore) this.#onChange();
  }

  #load(): RuleSet {
    const users = readRuleTexts(this.#directory, 'user');
    const tried = compileRules([...this.#builtIn, ...users.texts]);
    const problems = [...users.problems, ...tried.problems, ...checkFixtures(tried.rules, 'user')];
    const bad = new Set(problems.map((problem) => problem.file));
    const good = new Map<string, RuleText>();
    for (const text of users.texts) {
      const kept = bad.has(text.file) ? this.#good.get(text.file) : text;
      if (kept !== undefined) good.set(text.file, kept);
    }
    this.#good = good;
    this.#problems = [...this.#builtInProblems, ...problems];
    return compileRules(this.texts).rules;
  }
}
