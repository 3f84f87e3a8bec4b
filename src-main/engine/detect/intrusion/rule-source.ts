import { join } from 'node:path';
import { readRuleTexts } from './rules.ts';
import { checkFixtures } from './rule-fixtures.ts';
import { compileRules, type RuleSetResult, type RuleText } from './compile-rules.ts';

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
 */
export function createRuleSource(resources: string, userRules: string): RuleSource {
  const lastGood = new Map<string, RuleText>();
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
        const { rules, problems: faults } = compileRules([...own.texts, ...others, text]);
        const failed = [...faults, ...checkFixtures(rules, 'user')].filter((one) => one.file === text.file);
        problems.push(...failed);
        if (failed.length > 0) continue;
        lastGood.set(text.file, text);
        wanted.set(text.file, text);
      }
      const texts = [...own.texts, ...wanted.values()];
      const { rules, problems: left } = compileRules(texts);
      return {
        rules,
        problems: [...problems, ...left.filter((one) => !problems.some((known) => known.file === one.file))],
      };
    },
  };
}
