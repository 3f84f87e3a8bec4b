import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { RuleFileProblem } from '../../../../src-preload/contract/threats.ts';
import { MAX_RULE_FILE_BYTES, type LoadedRule } from './rule-file.ts';
import { ruleFileReader } from './built-rules.ts';
import { checkFixtures } from './rule-fixtures.ts';
import { compileRules, type RuleSetResult, type RuleText } from './compile-rules.ts';

/** Most rule files of one directory tree. */
const MAX_RULE_FILES = 500;

/**
 * All rules: ours from `resources/rules`, then a user's. Synchronous, because threads load them before their first line.
 * A user's rules must pass their own fixtures; ours are held to theirs by the tests.
 * @param resources the resources directory
 * @param userRules a user's rule directory; not there: no rules
 * @param builtRules see {@link ruleFileReader}
 */
export function loadRules(resources: string, userRules?: string, builtRules?: string): RuleSetResult {
  const readFile = ruleFileReader(builtRules);
  const own = readRuleTexts(join(resources, 'rules'), 'built-in');
  const users = userRules === undefined ? { texts: [], problems: [] } : readRuleTexts(userRules, 'user');
  const first = compileRules([...own.texts, ...users.texts], readFile);
  const failed = checkFixtures(first.rules, 'user');
  const problems = [...own.problems, ...users.problems, ...first.problems, ...failed];
  if (failed.length === 0) return { rules: first.rules, problems };
  const bad = new Set(failed.map((problem) => problem.file));
  const rest = compileRules([...own.texts, ...users.texts.filter((text) => !bad.has(text.file))], readFile);
  return { rules: rest.rules, problems };
}

/** Rule files of a directory tree in a stable order, with what could not be read. */
export function readRuleTexts(
  directory: string,
  origin: LoadedRule['origin'],
): { texts: RuleText[]; problems: RuleFileProblem[] } {
  const texts: RuleText[] = [];
  const problems: RuleFileProblem[] = [];
  const report = (file: string, key: string, detail: string | number): void => {
    problems.push({ file, line: 1, field: '', message: { key, parameters: { detail } } });
  };
  let names: string[];
  try {
    names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
  } catch (error) {
    // A user who has written no rules has no directory for them.
    if (!(isMissing(error) && origin === 'user'))
      report(directory, 'detect.rule-file.unreadable', String(error));
    return { texts, problems };
  }
  if (names.length > MAX_RULE_FILES) report(directory, 'detect.rule-file.too-many', MAX_RULE_FILES);
  for (const name of names.slice(0, MAX_RULE_FILES)) {
    const path = join(directory, name);
    const file = origin === 'built-in' ? relative(directory, path) : path;
    try {
      if (statSync(path).size > MAX_RULE_FILE_BYTES)
        report(file, 'detect.rule-file.too-large', MAX_RULE_FILE_BYTES);
      else texts.push({ file, text: readFileSync(path, 'utf8'), origin });
    } catch (error) {
      report(file, 'detect.rule-file.unreadable', String(error));
    }
  }
  return { texts, problems };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
