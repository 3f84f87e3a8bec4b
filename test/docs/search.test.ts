import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { QUERY_FIELDS } from '../../src-preload/contract/query/fields.ts';
import { parseQuery } from '../../src-preload/contract/query/parse.ts';
import { QUERY_FAULTS } from '../../src-preload/contract/query/syntax.ts';

const page = readFileSync(new URL('../../docs/search.md', import.meta.url), 'utf8');

/** First and second cell of every row of the tables under a heading, as code where they are. */
function rowsUnder(heading: string): [query: string, meaning: string][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, first = '', second = ''] = line.split(/(?<!\\)\|/);
      return [cell(first), cell(second)];
    });
}

function cell(text: string): string {
  const code = /^`(.*?)`\s*$/.exec(text.trim())?.[1];
  return (code ?? text.trim()).replaceAll('\\|', '|');
}

describe('docs/search.md', () => {
  const examples = ['Text', 'Fields', 'Time'].flatMap(rowsUnder);

  it('has an example of every field', () => {
    for (const field of QUERY_FIELDS)
      expect([field, examples.some(([query]) => query.includes(`${field}:`))]).toEqual([field, true]);
  });

  it.each(examples)('%s is a query', (query) => {
    expect(parseQuery(query)).toMatchObject({ ok: true, node: expect.anything() });
  });

  it.each(rowsUnder('What is refused'))('%s lacks %s', (query, kind) => {
    expect(parseQuery(query)).toMatchObject({ ok: false, fault: { kind } });
  });

  it('tells of every fault but that of length', () => {
    const told = rowsUnder('What is refused').map(([, kind]) => kind);
    expect(told.sort()).toEqual(QUERY_FAULTS.filter((kind) => kind !== 'tooLong').sort());
  });

  it('says of each text what it is, and of each field that it is one', () => {
    for (const [query] of rowsUnder('Fields')) {
      const parsed = parseQuery(query);
      expect([query, JSON.stringify(parsed).includes('"field"')]).toEqual([query, true]);
    }
    for (const [query] of rowsUnder('Text')) {
      expect([query, JSON.stringify(parseQuery(query)).includes('"field"')]).toEqual([query, false]);
    }
  });
});
