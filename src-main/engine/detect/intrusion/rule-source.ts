import { join } from 'node:path';
import { readRuleTexts } from './rules.ts';
import { checkFixtures } from './rule-fixtures.ts';
import { compileRules, type ReadRuleFile, type RuleSetResult, type RuleText } from './compile-rules.ts';
import { ruleFileReader } from './built-rules.ts';
import type { RuleFile } from './rule-file.ts';

/**
 * Rules that are loaded again while the engine runs. A user's file that has become bad is named, and what it said when
 * it was last good stays in force: a typing error must not switch a detection off.
 */
export interface RuleSource {
  load(): RuleSetResult;
}

/**
 * @param resources the resources directory
 * @param userRules a user's rule directory
 * @param builtRules see {@link ruleFileReader}
 */
export function createRuleSource(resources: string, userRules: string, builtRules?: string): RuleSource {
  const lastGood = new Map<string, RuleText>();
  const readFile = remembering(ruleFileReader(builtRules));
  return {
    load: () => {
      const own = readRuleTexts(join(resources, 'rules'), 'built-in');
      const users = readRuleTexts(userRules, 'user');
      const problems = [...own.problems, ...users.problems];
      const present = new Set([
        ...users.texts.map((text) => text.file),
        ...users.problems.map((one) => one.file),
      ]);
      // A file that was deleted takes its rules with it.
      for (const file of lastGood.keys()) if (!present.has(file)) lastGood.delete(file);
      const wanted = new Map(lastGood);
      for (const text of users.texts) {
        const others = [...wanted.values()].filter((other) => other.file !== text.file);
        const { rules, problems: faults } = compileRules([...own.texts, ...others, text], readFile);
        const failed = [...faults, ...checkFixtures(rules, 'user')].filter((one) => one.file === text.file);
        problems.push(...failed);
        if (failed.length > 0) continue;
        lastGood.set(text.file, text);
        wanted.set(text.file, text);
      }
      const texts = [...own.texts, ...wanted.values()];
      const { rules, problems: left } = compileRules(texts, readFile);
      return {
        rules,
        problems: [...problems, ...left.filter((one) => !problems.some((known) => known.file === one.file))],
      };
    },
  };
}

/**
 * Reads a file anew only when its text has changed: to read ours takes a tenth of a second, and each of the user's files is
 * tried together with all others. Keeps one text a file name.
 */
function remembering(readFile: ReadRuleFile): ReadRuleFile {
  const known = new Map<string, { text: string; answer: RuleFile }>();
  return (file, text, origin) => {
    const before = known.get(file);
    if (before?.text === text) return before.answer;
    const answer = readFile(file, text, origin);
    known.set(file, { text, answer });
    return answer;
  };
}
