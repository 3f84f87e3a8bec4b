import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readRuleFile } from '../../src-main/engine/detect/intrusion/rule-file.ts';
import { settingsSchema } from '../../src-preload/contract/settings.ts';

const page = (name: string): Promise<string> =>
  readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

/** The first block of YAML on a page. */
function example(markdown: string): string {
  return /```yaml\n([\s\S]*?)```/.exec(markdown)?.[1] ?? '';
}

/** Every field with its default, as dotted paths; lists are fields. */
function fields(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, child]) =>
    fields(child, path === '' ? name : `${path}.${name}`),
  );
}

/** The table rows of a page: field → default. */
function rows(markdown: string): Map<string, string> {
  const found = markdown.matchAll(/^\| `([\w.]+)`\s*\| `(.*?)`\s*\|/gm);
  return new Map([...found].map(([, field = '', value = '']) => [field, value]));
}

test('the configuration page, names every field of the settings with its default and no other', async () => {
  const expected = new Map(
    fields(settingsSchema.parse({})).map(([path, value]) => [path, JSON.stringify(value)]),
  );
  expect(rows(await page('configuration.md'))).toEqual(expected);
});

test('the example of the configuration page, is accepted by the schema', async () => {
  expect(settingsSchema.safeParse(parse(example(await page('configuration.md')))).error).toBeUndefined();
});

test('the example of the rules page, loads without a problem', async () => {
  const { rules, problems } = readRuleFile('own.yaml', example(await page('rules.md')), 'user');
  expect(problems).toEqual([]);
  expect(rules.map(({ rule }) => rule.id)).toEqual(['own.admin-export', 'own.many-refusals']);
});

test('the example of the receiver page, is accepted by the schema', async () => {
  const parsed = settingsSchema.safeParse(parse(example(await page('receiver.md'))));
  expect(parsed.error).toBeUndefined();
});

test('the example of the masking page, is accepted by the schema', async () => {
  const { data, error } = settingsSchema.safeParse(parse(example(await page('masking.md'))));
  expect(error).toBeUndefined();
  expect(data?.masking.rules.map(({ name }) => name)).toEqual(['order', 'customer']);
});
