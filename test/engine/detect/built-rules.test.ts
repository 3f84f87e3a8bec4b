import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ruleFileReader, writeBuiltRules } from '../../../src-main/engine/detect/intrusion/built-rules.ts';
import { readRuleFile } from '../../../src-main/engine/detect/intrusion/rule-file.ts';
import { readRuleTexts } from '../../../src-main/engine/detect/intrusion/rules.ts';

const { texts } = readRuleTexts(join(import.meta.dirname, '../../../resources/rules'), 'built-in');
/** Something that no file says, so that what comes from the build can be told from what is read. */
const MARK = 'made-by-the-build';

describe('rules as the build has read them', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'yagura-built-rules-'));
    path = join(directory, 'rules.json');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  /** Lets each rule say that it comes from the build. */
  const writeMarked = (): void =>
    writeFileSync(path, writeBuiltRules(texts).replaceAll(/"hash":"[0-9a-f]+"/g, `"hash":"${MARK}"`));
  const first = texts[0] ?? { file: '', text: '' };

  test('are the same as read from their files', () => {
    writeFileSync(path, writeBuiltRules(texts));
    const readFile = ruleFileReader(path);
    expect(texts.length).toBeGreaterThan(5);
    for (const { file, text, origin } of texts)
      expect(readFile(file, text, origin)).toStrictEqual(readRuleFile(file, text, origin));
  });

  test('are taken without reading a text, under the name the file has here', () => {
    writeMarked();
    const { rules } = ruleFileReader(path)('auth\\other.yaml', first.text, 'built-in');
    expect(new Set(rules.map(({ hash, file }) => `${hash} ${file}`))).toEqual(
      new Set([`${MARK} auth\\other.yaml`]),
    );
  });

  test('give way to a text that has changed, and to a file of the user with the same text', () => {
    writeMarked();
    const readFile = ruleFileReader(path);
    const changed = `${first.text}\n# a remark\n`;
    expect(readFile(first.file, changed, 'built-in')).toEqual(readRuleFile(first.file, changed, 'built-in'));
    expect(readFile('own.yaml', first.text, 'user')).toEqual(readRuleFile('own.yaml', first.text, 'user'));
  });

  test.each([
    ['missing', undefined],
    ['cut off', (good: string) => good.slice(0, good.length / 2)],
    ['of another shape', (good: string) => good.replaceAll('"rule":', '"rules":')],
    ['no object', () => 'null'],
  ])('are read from their texts where the file is %s', (_, damage) => {
    if (damage !== undefined) writeFileSync(path, damage(writeBuiltRules(texts)));
    expect(ruleFileReader(path)(first.file, first.text, 'built-in')).toEqual(
      readRuleFile(first.file, first.text, 'built-in'),
    );
  });

  test('are not written where one of our files has a problem', () => {
    expect(() => writeBuiltRules([{ file: 'bad.yaml', text: 'rules: 7', origin: 'built-in' }])).toThrow(
      'bad.yaml',
    );
  });
});
