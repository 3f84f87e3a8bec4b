import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  foldCase,
  MAX_HITS_PER_LINE,
  mergeSpans,
  wordFinder,
} from '../../../../src-renderer/views/logs/hits.ts';
import { readQuery, type ReadyQuery } from '../../../../src-renderer/views/logs/query.ts';

async function ready(text: string): Promise<ReadyQuery> {
  const reading = await readQuery(text, false);
  if (reading.kind !== 'ready') throw new Error(`${text} is ${reading.kind}`);
  return reading.query;
}

describe('a query on the screen', () => {
  it('marks what may match and nothing that must not occur', async () => {
    const { find } = await ready('(failed OR /invalid \\w+/) tim*out -secret localhost:8080 level:error');
    const text = 'Failed invalid user secret timeXout localhost:8080 error';
    expect(find(text).map(({ from, to }) => text.slice(from, to))).toEqual([
      'Failed',
      'invalid user',
      'timeXout',
      'localhost:8080',
    ]);
  });

  it.each<[string, boolean | undefined]>([
    ['FAILED -admin', true],
    ['FAILED -password', false],
    ['nothing OR "password for"', true],
    ['/pass.*root/', true],
    ['level:error', undefined],
    ['failed level:error', undefined],
    ['nothing level:error', false],
    ['failed OR level:error', true],
    ['-level:error', undefined],
  ])('%j is decided where it can be: %s', async (text, expected) => {
    expect((await ready(text)).test('Failed password for root')).toBe(expected);
  });

  it('says what is wrong, and that nothing is asked', async () => {
    expect(await readQuery('level:bad', false)).toMatchObject({ kind: 'fault', fault: { kind: 'level' } });
    expect(await readQuery('a /(/', false)).toMatchObject({ kind: 'badExpression' });
    expect(await readQuery(' ""', false)).toEqual({ kind: 'nothing' });
  });
});

describe('hits', () => {
  it('are found at their place, also behind a letter that grows in lower case', () => {
    const find = wordFinder(['root']);
    const text = 'İİ ROOT and root';
    expect(find(text).map((span) => text.slice(span.from, span.to))).toEqual(['ROOT', 'root']);
  });

  it('are joined where they overlap', () => {
    expect(
      mergeSpans([
        { from: 3, to: 6 },
        { from: 0, to: 4 },
        { from: 8, to: 9 },
      ]),
    ).toEqual([
      { from: 0, to: 6 },
      { from: 8, to: 9 },
    ]);
  });

  it('are bounded in a line made of hits', () => {
    expect(wordFinder(['a'])(`a-`.repeat(20_000)).length).toBe(MAX_HITS_PER_LINE);
  });

  it('never reach outside the text, for any text and word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, word) => {
        expect(foldCase(text).length).toBe(text.length);
        for (const span of wordFinder([word])(text)) {
          expect(span.from).toBeGreaterThanOrEqual(0);
          expect(span.to).toBeLessThanOrEqual(text.length);
          expect(span.to).toBeGreaterThan(span.from);
        }
      }),
    );
  });
});
