import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkFixtures, fixtureCount } from '../../../src-main/engine/detect/intrusion/rule-fixtures.ts';
import { readRuleFile } from '../../../src-main/engine/detect/intrusion/rule-file.ts';
import { compileRules, type RuleText } from '../../../src-main/engine/detect/intrusion/compile-rules.ts';
import type { RuleSet } from '../../../src-main/engine/detect/intrusion/rule-set.ts';
import { createRuleSource } from '../../../src-main/engine/detect/intrusion/rule-source.ts';
import { loadRules, readRuleTexts } from '../../../src-main/engine/detect/intrusion/rules.ts';
import { TextView } from '../../../src-main/engine/detect/intrusion/text-view.ts';
import { compilePattern, requiredLiteral } from '../../../src-main/engine/detect/intrusion/pattern.ts';

const RESOURCES = join(import.meta.dirname, '../../../resources');

const USER_RULE = `rules:
  - kind: line
    id: own.ticker
    type: own_probe
    severity: warning
    confidence: 0.5
    patterns: ['secret-desk-\\d+']
    fixtures:
      hits: ['/secret-desk-7']
      misses: ['/desk']
      nearMisses: ['/secret-desk']
`;

describe('our own rules', () => {
  test('load without a problem and pass every fixture they carry', () => {
    const { rules, problems } = loadRules(RESOURCES);
    expect(problems).toEqual([]);
    expect(checkFixtures(rules, 'built-in')).toEqual([]);
    expect(rules.lines.length).toBeGreaterThan(15);
    expect(rules.auth.length).toBeGreaterThan(20);
    expect(rules.buckets.length).toBeGreaterThan(12);
    for (const { rule } of rules.loaded) expect(fixtureCount(rule)).toBeGreaterThanOrEqual(3);
  });

  test('stop passing when a capacity is changed, a pattern is lost or a guard is dropped', () => {
    const texts = readRuleTexts(join(RESOURCES, 'rules'), 'built-in').texts;
    const broken = (change: (text: string) => string): number => {
      const changed = texts.map((text): RuleText => ({ ...text, text: change(text.text) }));
      expect(changed.some((text, index) => text.text !== texts[index]?.text)).toBe(true);
      const { rules, problems } = compileRules(changed);
      expect(problems).toEqual([]);
      return checkFixtures(rules, 'built-in').length;
    };
    expect(broken((text) => text.replace('capacity: 5\n', 'capacity: 6\n'))).toBeGreaterThan(0);
    expect(broken((text) => text.replace('capacity: 5\n', 'capacity: 4\n'))).toBeGreaterThan(0);
    expect(broken((text) => text.replaceAll('unless: [shared_address]', 'unless: []'))).toBeGreaterThan(0);
    expect(
      broken((text) => text.replaceAll('unless: [steady_client, busy_gateway]', 'unless: []')),
    ).toBeGreaterThan(0);
    expect(broken((text) => text.replaceAll('unless: [broken_links]', 'unless: []'))).toBeGreaterThan(0);
    expect(broken((text) => text.replaceAll('structure: shell', 'structure: path'))).toBeGreaterThan(0);
    expect(broken((text) => text.replaceAll('times_usual: 4', 'times_usual: 400'))).toBeGreaterThan(0);
  });

  test('spend time in proportion to the text, however it is made', () => {
    const { rules } = loadRules(RESOURCES);
    for (const seed of PATHOLOGICAL) {
      const short = timeOf(rules, seed.repeat(Math.ceil(4000 / seed.length)));
      const long = timeOf(rules, seed.repeat(Math.ceil(16_000 / seed.length)));
      // Four times the text: quadratic time would be sixteen times. The floor keeps noise out.
      expect(long, JSON.stringify(seed)).toBeLessThan(Math.max(600, short * 10));
    }
  });
});

const PATHOLOGICAL = [
  'a',
  "'",
  '"',
  '(',
  ')',
  '<',
  '<a ',
  '<script',
  'on',
  '%25',
  '%2525',
  '&#x',
  '&',
  '../',
  './',
  '/.',
  '$(',
  '${',
  '`',
  ';',
  '|',
  ' or ',
  "' or '",
  '1 and ',
  'union select ',
  '/*',
  '*/',
  '--',
  '{{',
  '}}',
  '[$',
  '\\u00',
  'jav ascript',
  'for %',
  'if ',
  '=(',
  '[]',
  '![]',
  'x=',
  '@@',
  '::',
  '0x',
  '1e',
  'data:',
  'http://',
  ' from ',
  'from 192.0.2.1 ',
  'Failed password for ',
  '\u00bc',
  '\u3000',
];

function timeOf(rules: RuleSet, text: string): number {
  const started = performance.now();
  for (const place of ['target', 'agent', 'referer', 'message'] as const) {
    for (const rule of rules.lines)
      rule.find(new TextView(place, place === 'target' ? `/x?q=${text}` : text));
  }
  for (const rule of rules.auth) rule.find(text.slice(0, 2000));
  return performance.now() - started;
}

describe('a rule file', () => {
  test('names file, line and field of what does not fit', () => {
    const text = USER_RULE.replace('severity: warning', 'severity: loud');
    const { problems } = readRuleFile('own.yaml', text, 'user');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: 'own.yaml', line: 5, field: 'rules.0.severity' });
  });

  test('names the line where the YAML breaks off', () => {
    const { problems } = readRuleFile('own.yaml', 'rules:\n  - kind: line\n   id: [', 'user');
    expect(problems[0]?.line).toBeGreaterThanOrEqual(2);
    expect(problems[0]?.message.key).toBe('detect.rule-file.syntax');
  });

  test('refuses fields it does not know, aliases and a pattern that is no expression', () => {
    expect(
      readRuleFile('a', USER_RULE.replace('plain', 'x') + '    bogus: 1\n', 'user').problems,
    ).not.toEqual([]);
    expect(
      compileRules([{ file: 'a', text: USER_RULE.replace('-\\d+', '-('), origin: 'user' }]).problems[0],
    ).toMatchObject({ field: 'patterns', line: 2 });
  });

  test('may not take the id of a rule that is there', () => {
    const { problems, rules } = compileRules([
      { file: 'a', text: USER_RULE, origin: 'user' },
      { file: 'b', text: USER_RULE, origin: 'user' },
    ]);
    expect(problems[0]).toMatchObject({ file: 'b', field: 'id' });
    expect(rules.lines).toHaveLength(1);
  });
});

describe("a user's rules", () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'yagura-rules-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('are loaded beside ours', () => {
    writeFileSync(join(directory, 'own.yaml'), USER_RULE);
    const { rules, problems } = loadRules(RESOURCES, directory);
    expect(problems).toEqual([]);
    expect(rules.lines.at(-1)?.rule.id).toBe('own.ticker');
  });

  test('are left out and named when a fixture of theirs fails, and ours stay', () => {
    writeFileSync(
      join(directory, 'own.yaml'),
      USER_RULE.replace("misses: ['/desk']", "misses: ['/secret-desk-9']"),
    );
    const { rules, problems } = loadRules(RESOURCES, directory);
    expect(problems[0]?.field).toBe('fixtures.misses.0');
    expect(rules.lines.some(({ rule }) => rule.id === 'own.ticker')).toBe(false);
    expect(rules.lines.some(({ rule }) => rule.id === 'web.sqli')).toBe(true);
  });

  test('stay as they were when their file goes bad, change when it is good again, and go with it', () => {
    const file = join(directory, 'own.yaml');
    const source = createRuleSource(RESOURCES, directory);
    const own = (): string[] => {
      const { rules } = source.load();
      return rules.lines.filter(({ loaded }) => loaded.origin === 'user').map(({ loaded }) => loaded.hash);
    };
    writeFileSync(file, USER_RULE);
    const [first] = own();
    writeFileSync(file, USER_RULE.replace('severity: warning', 'severity: loud'));
    expect(source.load().problems[0]).toMatchObject({ file, line: 5 });
    expect(own()).toEqual([first]);
    writeFileSync(file, USER_RULE.replace('confidence: 0.5', 'confidence: 0.6'));
    expect(own()).not.toEqual([first]);
    expect(own()).toHaveLength(1);
    rmSync(file);
    expect(own()).toEqual([]);
  });

  test('may be missing as a whole', () => {
    expect(loadRules(RESOURCES, join(directory, 'none')).problems).toEqual([]);
  });

  test('run in linear time where a backtracking expression would never end', () => {
    const pattern = compilePattern('(x+x+)+y', 'user');
    const started = performance.now();
    expect(pattern.find('x'.repeat(5000))).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(2000);
    expect(pattern.find('xxxy')?.[0]).toBe('xxxy');
  });

  test.each(['user', 'built-in'] as const)('keep the groups of a %s pattern by number', (origin) => {
    const pattern = compilePattern('(a|b)?user (?<user>\\w+)(?: (?<address>\\d+))? from', origin);
    expect(pattern.groups.indexOf('user')).toBe(2);
    expect(pattern.groups.indexOf('address')).toBe(3);
    expect([...(pattern.find('user mia from') ?? [])].slice(0, 4)).toEqual([
      'user mia from',
      undefined,
      'mia',
      undefined,
    ]);
  });

  test('find the literal every match must hold', () => {
    expect(requiredLiteral('secret-desk-\\d+')).toBe('secret-desk-');
    expect(requiredLiteral('colou?r')).toBe('colo');
    expect(requiredLiteral('a|b')).toBeUndefined();
    expect(requiredLiteral('[abc]{3}xy')).toBeUndefined();
    expect(requiredLiteral('(abcdef)?ghi')).toBe('ghi');
  });
});
