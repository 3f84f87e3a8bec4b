import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRuleFile } from '../../../src-main/engine/alert/load-rules.ts';
import { conditionOf, thresholdSummary } from '../../../src-main/engine/alert/messages.ts';
import { readWords } from '../../../src-main/locale-files.ts';
import { settingsSchema } from '../../../src-preload/contract/settings.ts';
import { sentence, templateOf, type Language, type Words } from '../../../src-preload/contract/words.ts';
import { BUILT_IN } from './centre-fixture.ts';

function wordsOf(language: Language): Words {
  return readWords(join(import.meta.dirname, '../../../resources'), language);
}

const RULE = `rules:
  - id: x
    area: yagura
    kind: threshold
    metric: m
    compare: above
    unit: percent
    levels:
      - { severity: warning, limit: 1 }
    clearMargin: 0
    for: 1m
    clearFor: 1m
`;

describe('alert rules', () => {
  test('the built-in ones, load without a problem', () => {
    expect(BUILT_IN.problems).toEqual([]);
    expect(BUILT_IN.rules.length).toBeGreaterThanOrEqual(12);
  });

  test.each(['en', 'ja'] as const)('the built-in ones, have words in %s', (language) => {
    const words = wordsOf(language);
    const keys = BUILT_IN.rules.flatMap((rule) => [
      `alerts.rule.${rule.id}`,
      ...(rule.kind === 'event' ? [] : [`alerts.title.${rule.id}`]),
      ...(rule.kind === 'threshold'
        ? [
            `alerts.summary.${rule.compare}.${rule.unit}`,
            `alerts.condition.${rule.compare}${rule.levels.length > 1 ? 'Two' : ''}`,
          ]
        : []),
    ]);
    expect(keys.filter((key) => templateOf(words, key) === undefined)).toEqual([]);
  });

  test.each([
    ['en', 'diagnosis-regression', 'at once · ends after 2 d of quiet'],
    ['ja', 'diagnosis-regression', '直ちに · 新たな検知がないまま 2 日で終了'],
    ['en', 'yagura-memory', 'above 1 GB for 10 min'],
    ['ja', 'yagura-memory', '10 分間 1 GB 以上'],
    ['en', 'host-disk-inodes', 'above 85%, worse above 95%, for 1 min'],
  ] as const)('the built-in ones, say in %s when %s fires', (language, id, said) => {
    const rule = BUILT_IN.rules.find((each) => each.id === id);
    const condition = rule && conditionOf(rule, settingsSchema.parse({}).thresholds);
    expect(condition && sentence(wordsOf(language), language, condition)).toBe(said);
  });

  test('sizes, are written in a unit that can be read', () => {
    const rule = BUILT_IN.rules.find(({ id }) => id === 'yagura-memory');
    if (rule?.kind !== 'threshold') throw new Error('no rule');
    const level = { severity: 'warning', limit: 1e9, clearLimit: 8e8 } as const;
    expect(sentence(wordsOf('en'), 'en', thresholdSummary(rule, level, 1.25e9))).toBe('1.3 GB · limit 1 GB');
  });

  test('a fault, named with line and field', () => {
    const faulty = RULE.replace('for: 1m', 'for: soon').replace('limit: 1 ', 'limit: thresholds.cpu.warn ');
    const { rules, problems } = readRuleFile('r.yaml', faulty);
    expect(rules).toEqual([]);
    expect(problems.map(({ line, field }) => ({ line, field }))).toEqual([
      { line: 9, field: 'rules.0.levels.0.limit' },
      { line: 11, field: 'rules.0.for' },
    ]);
  });

  test('what is no YAML, named with its line', () => {
    const { problems } = readRuleFile('r.yaml', `${RULE}  - [unclosed\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.line).toBeGreaterThanOrEqual(13);
  });
});
